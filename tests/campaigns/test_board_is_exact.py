"""PERF-4's promise: every place is exactly what a plain sort says, whatever happened before, and however the board was divided."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rewards.campaigns import blocks, boards, places, reshaping
from rewards.campaigns.board_verifying import restore_boards, wrong_boards
from rewards.campaigns.subscriber_models import SubscriberStatus
from rewards.kit.database import Database, db
from tests.campaigns import boarding

# Few different scores, so that ties are common; and steps large enough to cross the whole board.
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["join", "score", "score", "score", "penalty", "disqualify", "include"]), st.integers(0, 40), st.integers(0, 12)
    ),
    min_size=20,
    max_size=120,
)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of two keys and groups of eight, so that a few dozen people divide and join them all the time."""
    monkeypatch.setattr(reshaping.BLOCKS, "size", 2)
    monkeypatch.setattr(reshaping.GROUPS, "size", 8)


class Plainly:
    """What the board should be, as a list that is sorted whenever it is asked."""

    def __init__(self, mode: str) -> None:
        self.waitlist_id, self.campaign_id = boarding.waitlist_and_campaign(mode)
        self.mode = mode
        self.scores: dict[int, int] = {}
        self.out: set[int] = set()
        self.deeds = 0
        boards.rebuild(campaign_id=self.campaign_id)

    def do(self, deed: str, who: int, points: int) -> None:
        self.deeds += 1
        if deed == "join" or not self.scores:
            joined = boarding.add(self.waitlist_id, self.campaign_id, 1 + points)
            boards.enter(campaign_id=self.campaign_id, subscriber_ids=joined)
            self.scores |= dict.fromkeys(joined, 0)
            return
        subscriber_id = list(self.scores)[who % len(self.scores)]
        if deed == "disqualify":
            boarding.set_status(subscriber_id, SubscriberStatus.DISQUALIFIED)
            boards.leave(campaign_id=self.campaign_id, subscriber_id=subscriber_id)
            self.out.add(subscriber_id)
        elif deed == "include":
            boarding.set_status(subscriber_id, SubscriberStatus.ACTIVE)
            boards.rejoin(campaign_id=self.campaign_id, subscriber_id=subscriber_id)
            self.out.discard(subscriber_id)
        else:
            self._score(subscriber_id, -points if deed == "penalty" else points)

    def _score(self, subscriber_id: int, points: int) -> None:
        if self.mode == "POINTS":
            boarding.score(self.campaign_id, subscriber_id, points, f"{self.campaign_id}:{self.deeds}")
            self.scores[subscriber_id] += points
        else:
            self.scores[subscriber_id] = abs(points)
            boarding.refer(self.campaign_id, subscriber_id, abs(points))

    def sorted(self) -> list[int]:
        return boarding.sorted_plainly([pair for pair in self.scores.items() if pair[0] not in self.out])

    def check(self) -> None:
        expected = self.sorted()
        campaign_id, decides = self.campaign_id, "score" if self.mode == "POINTS" else "referrals"
        shown = places.page(campaign_id, 1, len(self.scores) + 1)
        assert [(line.place, line.subscriber_id) for line in shown] == list(enumerate(expected, 1))
        assert [getattr(line, decides) for line in shown] == [self.scores[subscriber_id] for subscriber_id in expected]
        assert {who: places.place_of(campaign_id, who) for who in self.scores} == dict.fromkeys(self.out) | {
            subscriber_id: place for place, subscriber_id in enumerate(expected, 1)
        }
        assert places.total(campaign_id) == len(expected)
        assert places.top(campaign_id, 3) == shown[:3]
        for first in range(1, len(expected) + 2, 5):
            assert places.page(campaign_id, first, 4) == shown[first - 1 : first + 3]
            for subscriber_id in expected[first - 1 : first]:
                assert places.around(campaign_id, subscriber_id) == shown[max(0, first - 3) : first + 2]
        assert wrong_boards() == []


class Over(Exception):
    """Undoes an example, so that each begins with an empty database."""


def played(mode: str, deeds: list[tuple[str, int, int]]) -> None:
    board = Plainly(mode)
    board.do("join", 0, 12)
    for number, deed in enumerate(deeds):
        board.do(*deed)
        if number % 16 == 15:
            board.check()
    board.check()
    # Ordering everybody anew, and from the ledger, changes nothing.
    assert boards.rebuild(campaign_id=board.campaign_id) == 0
    board.check()
    raise Over


@pytest.mark.parametrize("mode", ["POINTS", "REFERRALS_ONLY"])
def test_every_place_is_what_a_plain_sort_says(database: Database, small_blocks: None, *, mode: str, proof: bool) -> None:
    examples = 200 if proof else 12 if database.dialect == "sqlite" else 4

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(DEEDS)
    def play(deeds: list[tuple[str, int, int]]) -> None:
        with suppress(Over), db.write():
            played(mode, deeds)

    play()


def test_blocks_are_divided_where_they_grow_and_joined_where_they_empty(database: Database, small_blocks: None) -> None:
    with database.write():
        board = Plainly("POINTS")
        for _ in range(10):
            board.do("join", 0, 5)
        grown = boarding.block_counts(board.campaign_id)
        assert len(grown) > 12
        assert max(grown) <= 4
        # Everybody stands at 0; now all but a few climb, and what they leave behind is joined.
        for who in range(len(board.scores)):
            board.do("score", who, 1 + who % 7)
        board.check()
        for who in range(len(board.scores) - 3):
            board.do("disqualify", who, 0)
        board.check()
        assert len(boarding.block_counts(board.campaign_id)) <= 12


@pytest.mark.parametrize("forgotten", ["rank_blocks", "rank_groups"])
def test_a_board_that_forgets_to_count_is_found_and_made_right(
    database: Database, small_blocks: None, monkeypatch: pytest.MonkeyPatch, forgotten: str
) -> None:
    counted = blocks._count

    def forgets(campaign_id: int, level: reshaping.Level, less: tuple[int, int], more: tuple[int, int]) -> dict[int, int]:
        return {} if level.table == forgotten else counted(campaign_id, level, less, more)

    with database.write():
        board = Plainly("POINTS")
        for _ in range(8):
            board.do("join", 0, 5)
        assert wrong_boards() == []
        with monkeypatch.context() as broken:
            broken.setattr(blocks, "_count", forgets)
            for who in range(5):
                board.do("score", 30 + who, 12)
        assert any("count of the" in wrong.what for wrong in wrong_boards())
        assert restore_boards() > 0
        board.check()
