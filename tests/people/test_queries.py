"""Questions about people start from who asks, and end at what they may see."""

import pytest

from rewards.kit.errors import NotFound, Refused
from rewards.people.changing import change_role
from rewards.people.joining import add_user
from rewards.people.queries import clients_of, count_clients_of, resolve_user


@pytest.fixture
def everybody(database):
    with database.write():
        bo = add_user(email="bo@example.com", name="Bo", role="coach", timezone="UTC")
        other = add_user(email="eve@example.com", name="Eve", role="coach", timezone="UTC")
        dee = add_user(email="dee@example.com", name="Dee", role="admin", timezone="UTC")
        ada = add_user(email="ada@example.com", name="Ada", role="client", timezone="UTC", coach_id=bo.id, external_id="crm-7")
        cy = add_user(email="cy@example.com", name="Cy", role="client", timezone="UTC")
    return {"bo": bo, "eve": other, "dee": dee, "ada": ada, "cy": cy}


@pytest.mark.parametrize(("who", "sees"), [("bo", ["Ada"]), ("eve", []), ("dee", ["Ada", "Cy"]), ("ada", []), ("cy", [])])
def test_everybody_sees_their_own_clients(database, everybody, who, sees):
    with database.read():
        assert [client.name for client in clients_of(everybody[who])] == sees
        assert count_clients_of(everybody[who]) == len(sees)


def test_a_long_list_comes_in_pages_that_miss_and_repeat_nobody(database, everybody):
    with database.write():
        for number in range(7):
            add_user(email=f"{number}@example.com", name=f"Twin {number // 2}", role="client", timezone="UTC")
    seen, last = [], None
    with database.read():
        while page := clients_of(everybody["dee"], after=last, limit=2):
            seen += [client.id for client in page]
            last = page[-1].id
        assert len(seen) == len(set(seen)) == count_clients_of(everybody["dee"]) == 9


def test_a_reference_is_an_id_or_an_external_id(database, everybody):
    ada = everybody["ada"].id
    with database.read():
        assert resolve_user(str(ada)).id == resolve_user("ext:crm-7").id == ada


@pytest.mark.parametrize("reference", ["", "0", "-1", "999", "ext:", "ext:nobody", "1 OR 1=1", "\u0661", "99999999999999999999", "1.0"])
def test_a_reference_to_nobody_is_not_found(database, everybody, reference):
    with database.read(), pytest.raises(NotFound):
        resolve_user(reference)


def test_a_coach_who_has_clients_stays_a_coach(database, everybody):
    with database.write(), pytest.raises(Refused) as caught:
        change_role(user_id=everybody["bo"].id, role="client")
    assert caught.value.gap == {"clients": 1}
    with database.write():
        assert change_role(user_id=everybody["ada"].id, role="coach").coach_id is None
