"""Pages for those who earn."""
