"""What is kept on disk: settings, keys, the draft's journal, kept audio. Files are whole at every moment."""
