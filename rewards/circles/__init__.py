"""Small groups of one coach's clients: a goal that they reach together, what each of them did, and cheers for it.

Private by default: that somebody is in a circle is known to the others by their first name. What they do is seen by nobody but themselves
and their coach until they show it, and by nobody again once they hide it; their XP counts to the shared goal either way. Where all but one
show theirs, the sum tells what the last one earned; a page says so where one chooses. Nothing from before somebody joined is told.

It ranks nobody and pays nothing; what an event was worth is known to the ledger alone, and what was undone is not told any more.
"""
