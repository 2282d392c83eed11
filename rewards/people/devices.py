"""Tells browsers and systems in words that their owner recognises: `Firefox on Linux`."""

import re

# The first that fits: most of them call themselves by the names of others too.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
PROGRAM = re.compile(r"[A-Za-z][A-Za-z0-9 _.-]{0,39}")
UNKNOWN = "Unknown device"


def device_words(user_agent: str) -> str:
    """What a program says about itself, in a few words; never more of it than a name."""
    browser = next((words for mark, words in BROWSERS if mark in user_agent), None)
    system = next((words for mark, words in SYSTEMS if mark in user_agent), None)
    if browser and system:
        return f"{browser} on {system}"
    named = PROGRAM.match(user_agent)
    return browser or system or (named[0].split("/")[0].strip() if named else UNKNOWN) or UNKNOWN
