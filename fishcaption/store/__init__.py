"""What is kept on disk: settings, keys, the journal of unsent text, kept audio. Files are whole at every moment."""
