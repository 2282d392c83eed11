"""Movements of the ledger in the words of a page: what moved, how much of it, and what for."""

from rewards.activities.reserved import RESERVED
from rewards.earning.compiled import Programme
from rewards.kit.values import readable
from rewards.ledger.listing import Line
from rewards.ledger.models import POINTS, SCORE_OF, XP, Owner
from rewards.ledger.statements import Movement
from rewards.web.words import MINUS, Words

# What the engine pays has one of these reasons; any other is what somebody wrote.
AWARD, STREAK, ACHIEVEMENT, UNDONE, CORRECTION = "award", "streak", "achievement", "undone", "correction"


class Movements:
    """How one person is told of movements."""

    def __init__(self, words: Words, programme: Programme) -> None:
        self.words, self.programme = words, programme

    def asset(self, asset: str) -> str:
        """XP, Points in the programme's own word, the score of a campaign, or a currency."""
        if asset.startswith(SCORE_OF):
            return "Score"
        return {XP: "XP", POINTS: self.programme.settings.points_word.capitalize()}.get(asset, asset)

    def amount(self, asset: str, amount: int) -> str:
        """1,300 XP; 20 points; $2.50."""
        sign = MINUS if amount < 0 else ""
        if asset in (XP, POINTS):
            return f"{sign}{self.words.number(abs(amount))} {'XP' if asset == XP else self.programme.settings.points_word}"
        if asset.startswith(SCORE_OF):
            return f"{sign}{self.words.number(abs(amount))} score"
        return f"{sign}{self.words.money(asset, abs(amount))}"

    def signed(self, asset: str, amount: int) -> str:
        """The same with its sign: +20 points."""
        return f"+{self.amount(asset, amount)}" if amount >= 0 else self.amount(asset, amount)

    def what(self, line: Line | Movement) -> str:
        """What was done, the bonus it was, or the reason that somebody gave."""
        named = self.activity(line.activity) if line.activity else ""
        # What comes back from the shop says so itself.
        if line.reason == UNDONE and named:
            return f"{named}: undone"
        if line.reason == CORRECTION and named:
            return f"{named}: corrected"
        if line.reverses_id and line.counterpart != Owner.REDEEMED:
            return f"Taken back: {line.reason}"
        return {AWARD: named, STREAK: f"{named}: bonus", ACHIEVEMENT: f"{named}: bonus"}.get(line.reason, line.reason)

    def activity(self, key: str) -> str:
        """What people call an activity, registered or not."""
        known = self.programme.activities.get(key)
        return known.document.name if known else RESERVED[key].name if key in RESERVED else readable(key)
