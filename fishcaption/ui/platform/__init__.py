"""Parts of X11, Wayland, Windows and macOS that Qt does not cover: global keys, the window in front."""
