"""The sound: an engine process per output device, the app's side of it, devices, recording."""
