"""What Qt has no words for, on X11, Wayland, Windows and macOS."""
