"""What is granted by hand, or by another system, keeps the same rules as what is earned."""

import pytest

from rewards.earning.granting import adjust, award_achievement, grant_points
from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.ledger.queries import balances_of
from rewards.people.models import User
from rewards.programme.verifying import verify
from tests.cast import Cast
from tests.programmes import define, did, play, workout

UNLOCKS = {"key": "gift", "pattern": {"activity": "workout_logged"}, "outcome": {"type": "unlock_achievement", "achievement": "welcome"}}


def disable(user_id: int) -> None:
    with db.write() as session:
        session.get_one(User, user_id).status = "disabled"


def test_somebody_who_is_switched_off_is_granted_nothing_but_can_be_corrected(cast: Cast) -> None:
    define(achievements=[{"key": "hand", "type": "manual"}])
    disable(cast.ada)
    with pytest.raises(Refused, match="switched off"), db.write():
        grant_points(user_id=cast.ada, points=5, reason="a gift", source="test")
    with pytest.raises(Refused, match="switched off"), db.write():
        award_achievement(user_id=cast.ada, achievement="hand", awarded_by=cast.bo)
    with db.write():
        adjust(user_id=cast.ada, asset="points", amount=5, reason="a correction", actor_id=cast.dee)
    with db.read():
        assert balances_of(cast.ada)["points"] == 5


@pytest.mark.parametrize("members", [{"active": False}, {"coach": "bo@example.com"}])
def test_a_rule_unlocks_only_what_is_open_to_the_person(cast: Cast, members: dict[str, object]) -> None:
    define(activities=[workout()], rules=[UNLOCKS], achievements=[{"key": "welcome", "type": "manual", **members}])
    assert play(did(cast.cy))[0]["unlocked"] == []
    assert play(did(cast.ada))[0]["unlocked"] == (["welcome"] if "coach" in members else [])


def test_an_adjustment_needs_an_amount_and_a_reason(cast: Cast) -> None:
    for amount, reason, field in ((0, "why", "amount"), (2**63, "why", "amount"), (5, "  ", "reason")):
        with pytest.raises(Invalid, match=field), db.write():
            adjust(user_id=cast.ada, asset="points", amount=amount, reason=reason, actor_id=cast.dee)
    with pytest.raises(NotFound), db.write():
        adjust(user_id=999, asset="points", amount=1, reason="why", actor_id=cast.dee)


def test_the_same_key_grants_once_and_another_body_is_refused(cast: Cast) -> None:
    for _ in range(2):
        with db.write():
            grant_points(user_id=cast.ada, points=5, reason="a gift", source="test", idempotency_key="k")
    with pytest.raises(Invalid, match="idempotency_key"), db.write():
        grant_points(user_id=cast.ada, points=6, reason="a gift", source="test", idempotency_key="k")
    with db.read():
        assert balances_of(cast.ada) == {"points": 5}
        assert sql.value("SELECT count(*) FROM transfers") == 1
        assert verify() == []
