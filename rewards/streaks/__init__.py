"""Runs of days: how long somebody has kept at an activity. Derived from the daily totals, and provable from them."""
