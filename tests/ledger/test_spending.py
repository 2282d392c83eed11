"""Points are spent once, and never more of them than there are."""

import pytest

from rewards.kit import sql
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.ledger.accounts import holding_of
from rewards.ledger.models import AMOUNT_MAX, Owner
from rewards.ledger.posting import Movement, post
from rewards.ledger.queries import balances_of
from rewards.ledger.spending import Spending, spend_points
from rewards.people.locking import lock_people


def spend(database, who, points, key=None, reason="A coffee") -> Spending:
    with database.write():
        return spend_points(user_id=who, points=points, reason=reason, reference="service:1", idempotency_key=key)


@pytest.fixture
def ada(database, cast):
    """Ada, who has 50 points."""
    with database.write():
        lock_people([cast.ada])
        post([Movement(holding_of(cast.ada, "points"), Owner.ISSUED, 50, "a test", "given")])
    return cast.ada


def test_what_is_spent_is_gone_and_the_rest_is_told(database, ada):
    assert spend(database, ada, 20).balance == 30
    assert spend(database, ada, 30).balance == 0
    with pytest.raises(Refused) as refused:
        spend(database, ada, 1)
    assert (refused.value.code, refused.value.gap) == ("insufficient", {"points": 1})


def test_the_same_key_spends_once_for_ever(database, ada):
    first = spend(database, ada, 20, "k")
    assert spend(database, ada, 20, "k") == first
    for other in ({"points": 21}, {"points": 20, "reason": "A tea"}):
        with pytest.raises(Invalid, match="idempotency_key"):
            spend(database, ada, **other, key="k")
    with database.read():
        assert balances_of(ada) == {"points": 30}


@pytest.mark.parametrize("points", [0, -1, AMOUNT_MAX + 1])
def test_an_amount_out_of_range_is_refused_by_name(database, ada, points):
    with pytest.raises(Invalid, match="points"):
        spend(database, ada, points)


def test_who_has_nothing_and_who_is_not_there_spend_nothing(database, cast):
    with pytest.raises(Refused):
        spend(database, cast.cy, 1)
    with pytest.raises(NotFound):
        spend(database, 999, 1)
    with pytest.raises(Invalid, match="reason"):
        spend(database, cast.cy, 1, reason=" ")
    with database.read():
        assert sql.value("SELECT count(*) FROM transfers") == 0
