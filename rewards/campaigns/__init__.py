"""Campaigns: people join a waitlist, bring others, and climb a board that decides who gets what.

A subscriber belongs to the waitlist; score, place and rewards belong to the campaign. The score is a balance in the ledger and nowhere
else: the place is derived from it in the same transaction. A referral counts once, for one referrer, from a distinct person.

It refuses to know what a client earns: a subscriber may be linked to one, and what follows for the client is an event of theirs.
"""
