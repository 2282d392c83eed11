"""The door for machines: JSON in, JSON out, problems told in one form. It decides nothing; it reads, calls one verb and answers."""
