"""What a signed-in person asks about themselves: known by the session of the pages, and allowed to read."""
