"""Whatever happens on a list in whatever order, scores, counts, milestones and places are where a plain count of them says."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rewards.campaigns.models import Campaign
from rewards.campaigns.overseeing import VIEWS, views_of
from rewards.campaigns.rehearsing import rehearse_rules
from rewards.campaigns.settling import settle_due
from rewards.campaigns.subscriber_models import Subscriber
from rewards.kit.database import db
from rewards.kit.sql import rows, value
from rewards.programme.verifying import verify
from tests.campaigns.conftest import NOON, REFERRED, Playing, open_list

SECOND = {"key": "second", "event": "REFERRAL_CONFIRMED", "points": 50, "conditions": {"referralCount": {"equals": 2}}}
LATE = {"key": "late", "event": "REFERRAL_CONFIRMED", "points": -25, "conditions": {"referralCount": {"gte": 3}}}
DEEDS = ("join", "join", "twin", *("verify", "disqualify", "include_again") * 2, "accept", "adjust", "wait")
HOLD = timedelta(days=2)
STEPS = 30


@dataclass
class Somebody:
    """A subscriber as one would count them by hand."""

    row: Subscriber
    referrer: "Somebody | None"
    flagged: bool
    verified: bool = False
    out: bool = False
    # How the referral that brought them stands, and when it counts where it is held back.
    state: str = "none"
    due: datetime | None = None
    manual: int = 0
    milestone: int = 0
    # What each referral that counts has paid; and those that wait for a decision about oneself.
    paid: dict[int, int] = field(default_factory=dict)
    held: list[int] = field(default_factory=list)

    @property
    def score(self) -> int:
        return self.manual + self.milestone + sum(self.paid.values())

    def settle(self, now: datetime, hold: timedelta) -> None:
        """The referral that brought them."""
        if self.referrer is None or self.state in ("none", "confirmed", "undone"):
            return
        if self.verified and not self.flagged:
            self.due = self.due or now + hold
        self.state = "held" if self.flagged else "confirmed" if self.verified and self.due and self.due <= now else "waiting"
        if self.state == "confirmed":
            self.referrer.take(self.row.id)

    def take(self, referee: int) -> None:
        if self.out or self.flagged:
            self.held.append(referee)
            return
        count = len(self.paid) + 1
        self.paid[referee] = 10 - (25 if count >= 3 else 0)
        if count == 2 and not self.milestone:
            self.milestone = 50

    def lose(self, referee: int) -> None:
        if referee in self.held:
            self.held.remove(referee)
        elif self.paid.pop(referee, None) is not None and len(self.paid) < 2:
            self.milestone = 0

    def let_in(self) -> None:
        held, self.held = self.held, []
        for referee in held:
            self.take(referee)


class Count:
    """A list, and a plain count of it."""

    def __init__(self, playing: Playing, clock: Any, *, asks: bool, holds: bool) -> None:
        self.playing, self.clock = playing, clock
        self.asks, self.hold = asks, HOLD if holds else timedelta(0)
        playing.play(REFERRED, SECOND, LATE, settings={"requireEmailVerification": asks, "referralHoldDays": self.hold.days})
        self.people: list[Somebody] = []

    def does(self, deed: str, number: int) -> None:
        if deed in ("join", "twin") or not self.people:
            self.join(number, is_twin=deed == "twin")
        else:
            getattr(self, deed)(self.people[number % len(self.people)])

    def join(self, number: int, *, is_twin: bool) -> None:
        # Few bring many, so that milestones are reached.
        referrer = self.people[number % min(3, len(self.people))] if self.people else None
        twin = self.people[number % len(self.people)] if self.people and is_twin else None
        email = twin.row.address.replace("@", f"+{len(self.people)}@") if twin else f"p{len(self.people)}@example.com"
        source = ("", "letter", "friend")[number % 3]
        row = self.playing.join("Somebody", by=referrer.row if referrer else None, email=email, source=source)
        self.people.append(Somebody(row, referrer, flagged=twin is not None, verified=not self.asks))
        if referrer and not referrer.out:
            self.people[-1].state = "waiting"
            self.settle(self.people[-1])

    def verify(self, one: Somebody) -> None:
        self.playing.verify(one.row)
        one.verified = True
        self.settle(one)

    def accept(self, one: Somebody) -> None:
        if not one.out:
            self.playing.judge("accept", one.row)
            was_flagged, one.flagged = one.flagged, False
            if was_flagged:
                one.let_in()
                self.settle(one)

    def disqualify(self, one: Somebody) -> None:
        self.playing.judge("disqualify", one.row)
        if not one.out:
            one.out, one.flagged = True, False
            if one.referrer and one.state != "none":
                if one.state == "confirmed":
                    one.referrer.lose(one.row.id)
                one.state = "undone"

    def include_again(self, one: Somebody) -> None:
        self.playing.judge("include_again", one.row)
        if one.out:
            one.out = False
            one.let_in()
            if one.state == "undone":
                one.state = "waiting"
                self.settle(one)

    def adjust(self, one: Somebody) -> None:
        if not one.out and not one.flagged:
            one.manual += 7
            self.playing.adjust(one.row, 7)

    def wait(self, _: Somebody) -> None:
        self.clock.set_to(self.clock.now() + timedelta(days=1))
        settle_due()
        for one in sorted(self.people, key=lambda one: (one.due or NOON, one.row.id)):
            if one.state == "waiting" and one.due:
                self.settle(one)

    def settle(self, one: Somebody) -> None:
        one.settle(self.clock.now(), self.hold)

    def compare(self) -> None:
        campaign = self.playing.campaign_id
        stored = (
            "SELECT e.subscriber_id, coalesce(a.balance, 0), e.referrals, coalesce(r.state, 'none') FROM entrants e"
            " LEFT JOIN accounts a ON a.owner_kind = 'subscriber' AND a.owner_id = e.subscriber_id AND a.asset = ?"
            " LEFT JOIN referrals r ON r.referee_id = e.subscriber_id WHERE e.campaign_id = ? ORDER BY e.subscriber_id"
        )
        board = "SELECT subscriber_id FROM entrants WHERE campaign_id = ? AND rank_key IS NOT NULL ORDER BY rank_key"
        with db.read():
            assert rows(stored, (f"score:{campaign}", campaign)) == [
                (one.row.id, one.score, len(one.paid), one.state) for one in self.people
            ]
            placed = sorted((one for one in self.people if not one.out), key=lambda one: (-one.score, one.row.sequence))
            assert [row[0] for row in rows(board, (campaign,))] == [one.row.id for one in placed]
            plainly = "SELECT count(*) FROM subscribers s WHERE s.waitlist_id = ? AND {which}"
            views = {view: value(plainly.format(which=which), (self.playing.waitlist.id,)) for view, which in VIEWS.items()}
            assert views_of(db.session.get_one(Campaign, campaign)) == views

    def rehearse(self) -> None:
        """What the rules in force say again makes no difference; another number for a referral makes exactly that."""
        doubled = {**REFERRED, "points": 20}
        with db.read() as session:
            campaign = session.get_one(Campaign, self.playing.campaign_id)
            same, other = (rehearse_rules(campaign, self.playing.document(one, SECOND, LATE).rulebook) for one in (REFERRED, doubled))
        there = [one for one in self.people if not one.out]
        brought = [len(one.paid) for one in there]
        assert (same.people, same.everybody, same.more, same.less, same.failed) == (len(there), len(there), 0, 0, 0)
        assert same.draft == same.today == other.today
        assert (other.more, other.less, other.draft - other.today) == (sum(map(bool, brought)), 0, 10 * sum(brought))
        assert [line.place for line in same.first] == [line.place_today for line in same.first]


@pytest.fixture
def examples(request: pytest.FixtureRequest) -> int:
    """How many lists are played."""
    return 150 if request.getfixturevalue("proof") else 6


def test_a_plain_count_comes_to_the_same(database, cast, clock, examples):
    clock.set_to(NOON)

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0))
    def play(seed):
        # Chance is fairer here than Hypothesis, whose first examples are all alike.
        chance = random.Random(seed)
        count = Count(Playing(cast, open_list(cast)), clock, asks=chance.random() < 0.5, holds=chance.random() < 0.5)
        for number in range(6):
            count.does("join", number % 2)
        for _ in range(STEPS):
            count.does(chance.choice(DEEDS), chance.randrange(40))
        count.compare()
        count.rehearse()

    play()
    with db.read():
        assert verify() == []
