"""Questions about people start from who asks, and end at what they may see."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from rewards.kit.errors import NotFound, Refused
from rewards.people.changing import change_role
from rewards.people.joining import add_user
from rewards.people.models import User
from rewards.people.queries import client_of, client_seen, clients_of, resolve_user
from rewards.people.signing_in import Proof, open_session


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
        found = database.session.scalars(select(User).where(clients_of(everybody[who])).order_by(User.name))
        assert [client.name for client in found] == sees


def test_a_client_whom_somebody_does_not_look_after_is_not_found(database, everybody):
    with database.read():
        assert client_of(everybody["bo"], everybody["ada"].id).name == "Ada"
        assert client_of(everybody["dee"], everybody["cy"].id).name == "Cy"
        foreign = [("bo", "cy"), ("eve", "ada"), ("ada", "ada"), ("dee", "bo")]
        for who, whom in foreign:
            with pytest.raises(NotFound):
                client_of(everybody[who], everybody[whom].id)
        for nobody in (0, -1, 999, 2**70):
            with pytest.raises(NotFound):
                client_of(everybody["dee"], nobody)


def test_people_were_last_seen_in_the_latest_of_their_sessions(database, everybody, clock):
    ada = everybody["ada"]
    for hour in (9, 11, 10):
        clock.set_to(datetime(2026, 3, 4, hour, tzinfo=UTC))
        with database.write():
            open_session(Proof(ada.id, ada.stamp))
    with database.read():
        seen = {name: client_seen(everybody["dee"], everybody[name].id)[1] for name in ("ada", "cy")}
        assert seen == {"ada": datetime(2026, 3, 4, 11, tzinfo=UTC), "cy": None}
        with pytest.raises(NotFound):
            client_seen(everybody["bo"], everybody["cy"].id)


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
