"""What people get for their points: each redemption is paid once and given back at most once, and nothing is promised twice.

It knows no page and no mail; how much of anything there is, and who gets it, is decided here alone.
"""
