"""An achievement can reach back, and says beforehand whom it would reach."""

from datetime import timedelta

import pytest

from rewards.earning.granting import adjust, award_achievement
from rewards.earning.retroacting import unlock_retroactively, who_would_unlock
from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import NotFound, Refused
from rewards.ledger.models import BALANCE_MAX
from rewards.ledger.queries import balances_of
from rewards.people.audit import Wanted, entries
from rewards.programme.verifying import verify
from tests.cast import Cast
from tests.programmes import NOON, define, did, play, workout

DAY = timedelta(days=1)


def automatic(key: str, condition: str, value: int, **members: object) -> dict[str, object]:
    return {"key": key, "type": "automatic", "condition_type": condition, "condition_value": value, "xp_reward": 5, **members}


@pytest.fixture
def history(cast: Cast) -> Cast:
    define(activities=[workout()])
    play(*(did(cast.ada, at=NOON + days * DAY) for days in (0, 1, 2, 9, 10, 16)), did(cast.cy))
    return cast


@pytest.mark.parametrize(
    ("condition", "value", "members"),
    [
        ("workout_count", 6, {}),
        ("streak_days", 3, {"activity": "workout_logged"}),
        ("streak_weeks", 3, {"activity": "workout_logged"}),
        ("activity_count", 3, {"activity": "workout_logged", "window": "week"}),
        ("xp_total", 100, {}),
        ("points_earned", 100, {}),
    ],
)
def test_the_preview_names_exactly_those_who_then_unlock_it(history: Cast, condition: str, value: int, members: dict[str, object]) -> None:
    define(achievements=[automatic("back", condition, value, **members)])
    with db.read():
        assert who_would_unlock(achievement="back") == [history.ada]
        assert sql.value("SELECT count(*) FROM unlocks") == 0
    assert unlock_retroactively(achievement="back") == [history.ada]
    assert unlock_retroactively(achievement="back") == []
    with db.read():
        assert balances_of(history.ada)["xp"] == 125
        assert verify() == []


def test_what_it_gives_can_lead_to_more(history: Cast) -> None:
    define(achievements=[automatic("back", "workout_count", 6), automatic("more", "xp_total", 125)])
    unlock_retroactively(achievement="back")
    with db.read():
        assert sql.value("SELECT count(*) FROM unlocks WHERE user_id = ?", (history.ada,)) == 2


def test_a_coachs_achievement_reaches_only_that_coachs_clients(history: Cast) -> None:
    define(achievements=[automatic("own", "workout_count", 1, coach="bo@example.com")])
    with db.read():
        assert who_would_unlock(achievement="own") == [history.ada]


def test_somebody_whose_account_is_full_keeps_nobody_else_from_theirs(cast: Cast) -> None:
    define(activities=[workout()])
    play(did(cast.ada), did(cast.cy))
    with db.write():
        adjust(user_id=cast.ada, asset="points", amount=BALANCE_MAX - 25, reason="as full as can be", actor_id=cast.dee)
    first = {"key": "first", "type": "automatic", "condition_type": "workout_count", "condition_value": 1, "points_reward": 10}
    define(achievements=[first])
    assert unlock_retroactively(achievement="first") == [cast.cy]
    with db.read():
        assert verify() == []


def test_one_that_is_given_by_hand_reaches_nobody(history: Cast) -> None:
    define(achievements=[{"key": "hand", "type": "manual", "points_reward": 7}])
    with db.read(), pytest.raises(Refused, match="awarded by hand"):
        who_would_unlock(achievement="hand")
    with db.read(), pytest.raises(NotFound):
        who_would_unlock(achievement="none")


def test_a_coach_awards_by_hand_once_and_it_is_known_who_did(history: Cast) -> None:
    define(achievements=[{"key": "hand", "type": "manual", "points_reward": 7}])
    with db.write():
        award_achievement(user_id=history.ada, achievement="hand", awarded_by=history.bo, note="well done")
    with pytest.raises(Refused, match="unlocked already"), db.write():
        award_achievement(user_id=history.ada, achievement="hand", awarded_by=history.bo)
    with db.read():
        assert sql.rows("SELECT awarded_by, note FROM unlocks") == [(history.bo, "well done")]
        assert balances_of(history.ada)["points"] == 127
        assert verify() == []


def test_who_gave_it_to_whom_is_recorded(history: Cast) -> None:
    define(achievements=[automatic("back", "workout_count", 6)])
    unlock_retroactively(achievement="back", actor_id=history.bo)
    with db.read():
        (entry,) = entries(Wanted(action="unlocked_retroactively"))
    assert (entry.actor, entry.object_id, entry.after) == ("Bo", "back", {"user_ids": [history.ada]})
