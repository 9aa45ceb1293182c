"""Present: captions for an audience. The workspace, the audience's window, the outlets."""
