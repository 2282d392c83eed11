"""Tells people: by mail, which is written down as a row and sent by a job, and on their pages. It does not know why anything happened."""
