"""A board that many move on at once stays exact: whoever moves waits for who moved before."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from rewards.campaigns import boards, reshaping
from rewards.campaigns.board_verifying import wrong_boards
from rewards.kit import sql
from rewards.kit.database import Database, db
from tests.campaigns import boarding

MOVERS = 8


def test_eight_who_move_people_at_once_leave_an_exact_board(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reshaping.BLOCKS, "size", 2)
    monkeypatch.setattr(reshaping.GROUPS, "size", 8)
    with database.write():
        waitlist_id, campaign_id = boarding.waitlist_and_campaign("REFERRALS_ONLY")
        people = boarding.add(waitlist_id, campaign_id, 8 * MOVERS)
        boards.rebuild(campaign_id=campaign_id)

    def move(mover: int) -> None:
        chance = random.Random(mover)
        # Each moves people of their own, as those who hold them do; all of them on the same board.
        for who in people[mover::MOVERS]:
            with db.write():
                boarding.refer(campaign_id, who, chance.randrange(5))
            with db.write():
                boards.leave(campaign_id=campaign_id, subscriber_id=who)
                boards.rejoin(campaign_id=campaign_id, subscriber_id=who)

    with ThreadPoolExecutor(MOVERS) as threads:
        assert list(threads.map(move, range(MOVERS))) == [None] * MOVERS
    with database.read():
        referred = [(row[0], row[1]) for row in sql.rows("SELECT subscriber_id, referrals FROM entrants")]
        assert boarding.order(campaign_id) == boarding.sorted_plainly(referred)
        assert wrong_boards() == []
