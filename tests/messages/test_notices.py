"""People find what happened to them on their pages: once each, until they have seen it, and nobody else's."""

from datetime import UTC, datetime, timedelta

import pytest

from rewards.earning.granting import adjust, award_achievement
from rewards.earning.reversing import reverse_transfer
from rewards.kit import sql
from rewards.kit.errors import NotFound, Refused
from rewards.messages.notices import forget_old_notices, mark_one_seen, mark_seen, notices_of
from tests.programmes import define, did, play, workout

MORNING = datetime(2026, 3, 4, 8, tzinfo=UTC)
LEVELS = [{"number": 1, "name": "Bronze", "xp_required": 0}, {"number": 2, "name": "Silver", "xp_required": 20}]
HELPER = {"key": "helper", "name": "Helper", "type": "manual"}
FIRST = {
    "key": "first",
    "name": "First",
    "type": "automatic",
    "condition_type": "activity_count",
    "condition_value": 1,
    "activity": "workout_logged",
}


@pytest.fixture
def desk(wired, cast, clock):
    clock.set_to(MORNING)
    define(activities=[workout()], levels=LEVELS, achievements=[HELPER, FIRST])
    return cast


def told(database, user_id, **which):
    with database.read():
        return [(line.kind, line.about) for line in notices_of(user_id, **which)]


def test_levels_and_achievements_are_noticed_by_who_reached_them(database, desk):
    play(did(desk.ada, at=MORNING))
    assert sorted(kind for kind, _ in told(database, desk.ada)) == ["achievement_unlocked", "level_reached"]
    assert ("level_reached", {"number": 2, "name": "Silver"}) in told(database, desk.ada)
    assert ("achievement_unlocked", {"achievement": "first"}) in told(database, desk.ada)
    assert told(database, desk.cy) == []


def test_what_a_coach_gives_is_noticed_with_their_words(database, desk):
    with database.write():
        award_achievement(user_id=desk.ada, achievement="helper", awarded_by=desk.bo, note="Well done")
        adjust(user_id=desk.ada, asset="points", amount=5, reason="Kind", actor_id=desk.bo)
    assert told(database, desk.ada) == [
        ("balance_adjusted", {"asset": "points", "amount": 5, "reason": "Kind", "actor_id": desk.bo}),
        ("achievement_unlocked", {"achievement": "helper", "awarded_by": desk.bo, "note": "Well done"}),
    ]


def test_a_level_that_is_reached_again_is_noticed_once(database, desk):
    with database.write():
        adjust(user_id=desk.ada, asset="xp", amount=25, reason="Kind", actor_id=desk.bo)
    with database.write():
        reverse_transfer(transfer_id=sql.value("SELECT max(id) FROM transfers"), actor_id=desk.dee, reason="Mistaken")
        adjust(user_id=desk.ada, asset="xp", amount=25, reason="Kind", actor_id=desk.bo)
    assert [kind for kind, _ in told(database, desk.ada)].count("level_reached") == 1


def test_the_same_gift_told_again_is_noticed_once(database, desk):
    for _ in range(2):
        with database.write():
            adjust(user_id=desk.ada, asset="points", amount=5, reason="Kind", actor_id=desk.bo, idempotency_key="one")
    assert len(told(database, desk.ada)) == 1


def test_what_was_refused_is_not_noticed(database, desk):
    with pytest.raises(Refused), database.write():
        adjust(user_id=desk.ada, asset="points", amount=-5, reason="Unkind", actor_id=desk.bo)
    assert told(database, desk.ada) == []


def test_a_notice_is_seen_by_its_owner_alone_and_once(database, desk, clock):
    play(did(desk.ada, at=MORNING))
    with database.read():
        newest, oldest = notices_of(desk.ada)
        assert len(notices_of(desk.ada, seen=False)) == 2
    with database.write():
        for user_id, notice_id in ((desk.cy, newest.id), (desk.ada, 10**9), (desk.ada, 10**30)):
            with pytest.raises(NotFound):
                mark_one_seen(user_id=user_id, notice_id=notice_id)
        assert mark_seen(user_id=desk.cy) == 0
        mark_one_seen(user_id=desk.ada, notice_id=oldest.id)
    clock.set_to(MORNING + timedelta(hours=1))
    with database.write():
        mark_one_seen(user_id=desk.ada, notice_id=oldest.id)
    with database.read():
        assert [line.id for line in notices_of(desk.ada, seen=False)] == [newest.id]
        assert [line.seen_at for line in notices_of(desk.ada, seen=True)] == [MORNING]
    with database.write():
        assert mark_seen(user_id=desk.ada, up_to_id=oldest.id) == 0
        assert mark_seen(user_id=desk.ada, kinds=["no_such_kind"]) == 0
        assert mark_seen(user_id=desk.ada) == 1
        assert notices_of(desk.ada, seen=False) == []


def test_pages_follow_each_other(database, desk):
    for number in range(5):
        with database.write():
            adjust(user_id=desk.ada, asset="points", amount=number + 1, reason="Kind", actor_id=desk.bo)
    with database.read():
        first = notices_of(desk.ada, limit=3)
        second = notices_of(desk.ada, limit=3, before_id=first[-1].id)
    assert [line.about["amount"] for line in first + second] == [5, 4, 3, 2, 1]


def test_what_was_seen_is_forgotten_after_a_year_and_what_was_not_stays(database, desk, clock):
    play(did(desk.ada, at=MORNING))
    with database.write():
        mark_one_seen(user_id=desk.ada, notice_id=sql.value("SELECT min(id) FROM notices"))
    clock.set_to(MORNING + timedelta(days=366))
    with database.write():
        assert forget_old_notices() == 1
    assert len(told(database, desk.ada)) == 1
