"""Pages for those who have clients."""
