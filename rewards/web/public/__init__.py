"""Pages for whoever comes: signing in, signing out, and the way to one's own desk."""
