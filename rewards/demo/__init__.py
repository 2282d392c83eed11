"""A believable desk to look around in: people, and ninety days of what they did. It knows nothing that a real desk does not."""
