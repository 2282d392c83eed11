"""Pages for those who keep the desk."""
