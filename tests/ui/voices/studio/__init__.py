"""“Make your own voice”, driven by keys."""
