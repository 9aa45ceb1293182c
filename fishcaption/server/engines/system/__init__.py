"""The voices of Windows and macOS; the latter speak in `macos_child`. `word_places` is for both."""
