"""Boards that are written down stay as they were; the cached place is the place of its moment."""

from datetime import UTC, datetime
from random import Random

import pytest

from rewards.campaigns import blocks, boards, finishing, places, recalculating, reshaping, snapshots, writing_down
from rewards.campaigns.board_models import Snapshot
from rewards.campaigns.erasing import erase
from rewards.campaigns.placed import Placed
from rewards.campaigns.subscriber_models import SubscriberStatus
from rewards.kit import sql
from rewards.kit.database import Database
from rewards.kit.errors import NotFound
from rewards.programme.verifying import verify
from tests.campaigns import boarding
from tests.campaigns.rewarding import have, offer

EVERYWHERE = {
    "a place is edited": "UPDATE snapshot_places SET score = 999",
    "a place is given to another": "UPDATE snapshot_places SET subscriber_id = 2 WHERE place = 1",
    "a place is deleted": "DELETE FROM snapshot_places WHERE place = 1",
    "its number is edited": "UPDATE snapshots SET places = 1",
    "it is deleted": "DELETE FROM snapshots",
}
ON_SQLITE = {
    "a place is replaced": "INSERT OR REPLACE INTO snapshot_places"
    " SELECT snapshot_id, place, subscriber_id, 999, referrals FROM snapshot_places",
    "it is replaced": "INSERT OR REPLACE INTO snapshots SELECT id, campaign_id, kind, taken_at, taken_by, scoring_mode, 1 FROM snapshots",
    "another takes its place as the final one": "INSERT OR REPLACE INTO snapshots (campaign_id, kind, taken_at, scoring_mode, places)"
    " SELECT campaign_id, kind, taken_at, scoring_mode, 1 FROM snapshots",
}
ON_POSTGRESQL = {"all places are truncated": "TRUNCATE snapshot_places", "all are truncated": "TRUNCATE snapshots CASCADE"}


def climbing(mode: str = "POINTS") -> tuple[int, list[int]]:
    """Six people with these scores and referrals, the second and third of them tied. Inside a write block."""
    waitlist_id, campaign_id = boarding.waitlist_and_campaign(mode)
    people = boarding.add(waitlist_id, campaign_id, 6)
    boards.rebuild(campaign_id=campaign_id)
    for number, (who, points, referrals) in enumerate(zip(people, (5, 20, 20, -3, 0, 50), (9, 0, 1, 0, 1, 0), strict=True)):
        if mode == "POINTS":
            boarding.score(campaign_id, who, points, f"{campaign_id}:{number}")
        else:
            boarding.refer(campaign_id, who, referrals)
    return campaign_id, people


def test_a_snapshot_stays_as_it_was_whatever_is_tried(database: Database) -> None:
    with database.write():
        campaign_id, people = climbing()
        taken = snapshots.snapshot(campaign_id=campaign_id, kind="final", actor=None)
        before = snapshots.page_of_snapshot(taken.id, 1, 10)
    assert [(line.place, line.subscriber_id, line.score) for line in before[:4]] == [
        (1, people[5], 50),
        (2, people[1], 20),
        (3, people[2], 20),
        (4, people[0], 5),
    ]
    others = ON_SQLITE if database.dialect == "sqlite" else ON_POSTGRESQL
    for statement in (EVERYWHERE | others).values():
        with pytest.raises(Exception, match=r"append-only"), database.write():
            sql.run(statement)
    with database.write():
        boarding.score(campaign_id, people[3], 1_000, "later")
        assert snapshots.snapshot(campaign_id=campaign_id, kind="final", actor=None).id == taken.id
    with database.read():
        assert snapshots.page_of_snapshot(taken.id, 1, 10) == before
        assert snapshots.place_in_snapshot(taken.id, people[3]) == 6
        assert places.place_of(campaign_id, people[3]) == 1


def test_a_snapshot_by_referrals_keeps_the_score_beside_them(database: Database) -> None:
    with database.write():
        campaign_id, people = climbing("REFERRALS_ONLY")
        taken = snapshots.snapshot(campaign_id=campaign_id, kind="interim", actor=None)
        kept = [(line.subscriber_id, line.score, line.referrals) for line in snapshots.page_of_snapshot(taken.id, 1, 3)]
        assert kept == [(people[0], 0, 9), (people[2], 0, 1), (people[4], 0, 1)]
        assert [line.place for line in snapshots.page_of_snapshot(taken.id, 5, 9)] == [5, 6]
        assert snapshots.final_of(campaign_id) is None
        assert [one.id for one in snapshots.snapshots_of(campaign_id)] == [taken.id]


def _what(line: Placed) -> tuple[int, int, int, int]:
    """A line without the name, which whoever is forgotten loses."""
    return line.place, line.subscriber_id, line.score, line.referrals


@pytest.mark.parametrize("mode", ["POINTS", "REFERRALS_ONLY"])
def test_a_long_board_is_written_bit_by_bit_and_is_what_it_was_at_the_end(database, waitlist, wired, monkeypatch, mode):
    """Whatever is decided meanwhile moves nobody in it, and whoever goes on, goes on where it was left. Winners are those of all of it."""
    monkeypatch.setattr(writing_down, "AT_A_TIME", 2)
    waitlist.play(settings={"scoringMode": mode})
    campaign_id, chance = waitlist.campaign_id, Random(mode)
    top = offer(campaign_id, "TOP_N", 4)
    first = [waitlist.join() for _ in range(4)]
    people = [*first, *(waitlist.join(by=chance.choice(first)) for _ in range(8))]
    waitlist.adjust(people[2], 5)
    with database.read():
        stood = [_what(line) for line in places.top(campaign_id, 99)]
    waitlist.turn("end")
    with database.read():
        assert snapshots.final_of(campaign_id) is None
        (snapshot_id,) = writing_down.unfinished()
    changed = chance.sample(people, 6)
    for number, one in enumerate(changed):
        if number % 3:
            waitlist.judge("disqualify", one)
        else:
            with database.write():
                erase(subscriber_id=one.id, actor=None)
        if number in (1, 3):
            with database.write() as session:
                assert not writing_down.write_some(session.get_one(Snapshot, snapshot_id))
        assert have(top) == []
    with database.read():
        assert writing_down.places_written(snapshot_id) == 6
        assert [line.subscriber_id for line in places.top(campaign_id, 99)] != [line[1] for line in stood]
    assert (finishing.finish_due(), finishing.finish_due()) == (1, 0)
    with database.read():
        final = snapshots.final_of(campaign_id)
        assert final
        assert [_what(line) for line in snapshots.page_of_snapshot(final.id, 1, 99)] == stood
        assert (verify(), sql.value("SELECT count(*) FROM kept_places")) == ([], 0)
    out = {one.id for one in changed}
    assert have(top) == [who for _, who, *_ in stood[:4] if who not in out]


def test_another_scoring_mode_orders_everybody_anew(database: Database) -> None:
    with database.write():
        campaign_id, people = climbing()
        sql.run("UPDATE entrants SET referrals = 3 WHERE subscriber_id = ?", (people[3],))
        sql.run("UPDATE campaigns SET settings = ?", ('{"scoring_mode":"REFERRALS_ONLY"}',))
        boards.rebuild(campaign_id=campaign_id)
        assert [line.subscriber_id for line in places.top(campaign_id, 3)] == [people[3], people[0], people[1]]


def test_a_place_says_why_and_what_is_missing_for_the_next_one(database: Database) -> None:
    with database.write():
        campaign_id, people = climbing()
        why = {who: places.to_next(campaign_id, who) for who in people}
        first, tied, sixth = why[people[5]], why[people[2]], why[people[3]]
        assert first
        assert tied
        assert sixth
        assert (first.place, first.to_next, first.next_step, first.reason) == (1, 0, "", "Nobody stands before you.")
        assert (tied.place, tied.better, tied.earlier, tied.next_step) == (3, 1, 1, "1 more point to place 2.")
        reason = "One person has more points than you. One person has as many and signed up earlier: ties go to the earlier sign-up."
        assert tied.reason == reason
        # The fourth to sign up passes the fifth with a tie.
        assert (sixth.place, sixth.to_next, sixth.next_step) == (
            6,
            3,
            "3 more points to place 5: a tie is enough, because you signed up earlier.",
        )
        for who, told in why.items():
            if told and told.to_next:
                boarding.score(campaign_id, who, told.to_next - 1, f"nearly {who}")
                assert places.place_of(campaign_id, who) == told.place
                boarding.score(campaign_id, who, 1, f"there {who}")
                assert (places.place_of(campaign_id, who) or 0) < told.place
                boarding.score(campaign_id, who, -told.to_next, f"back {who}")
        boarding.set_status(people[0], SubscriberStatus.DISQUALIFIED)
        boards.leave(campaign_id=campaign_id, subscriber_id=people[0])
        assert places.to_next(campaign_id, people[0]) is None


@pytest.mark.parametrize("way", ["by hand", "by the job"])
def test_the_cached_place_is_the_place_until_somebody_moves(database: Database, clock, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.setattr(recalculating, "AT_A_TIME", 1)
    clock.set_to(datetime(2026, 3, 4, 12, tzinfo=UTC))
    take_some = recalculating._recalculate_from

    def take_some_and_cut_anew(campaign_id: int, first: int) -> tuple[int, int]:
        # Between two steps whoever moves may divide blocks and join them.
        changed, following = take_some(campaign_id, first)
        if first:
            blocks.rebuild(campaign_id)
        return changed, following

    monkeypatch.setattr(recalculating, "_recalculate_from", take_some_and_cut_anew)

    def recalculate() -> int:
        if way == "by the job":
            return recalculating.recalculate_all()
        with database.write():
            return recalculating.recalculate_positions(campaign_id=campaign_id)

    with monkeypatch.context() as small, database.write():
        small.setattr(reshaping.BLOCKS, "size", 1)
        campaign_id, people = climbing()
    assert recalculate() == 6
    assert recalculate() == 0
    with database.write():
        kept: dict[int, int] = dict(sql.rows("SELECT subscriber_id, position FROM entrants"))
        assert kept == {who: places.place_of(campaign_id, who) for who in people}
        assert sql.value("SELECT recalculated_at FROM boards") == "2026-03-04T12:00:00.000000Z"
        boarding.set_status(people[5], SubscriberStatus.DISQUALIFIED)
        boards.leave(campaign_id=campaign_id, subscriber_id=people[5])
    assert recalculate() == 6
    with database.write(), pytest.raises(NotFound):
        recalculating.recalculate_positions(campaign_id=999)
