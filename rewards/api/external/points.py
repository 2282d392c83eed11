"""Points that another system gives or takes for reasons of its own."""

from pydantic import ConfigDict, Field

from rewards.api.door import door, write_once
from rewards.api.external.wallets import TransfersShown, transfers_page
from rewards.api.values import LevelShown, Page, Points, Reason, Shown, Told
from rewards.earning.granting import grant_points
from rewards.earning.in_force import programme_in_force
from rewards.integrations.answers import Answer
from rewards.integrations.keys import Caller
from rewards.integrations.permissions import Permission
from rewards.ledger.models import POINTS, XP
from rewards.ledger.queries import balances_of
from rewards.ledger.spending import spend_points
from rewards.levels.queries import climb_of
from rewards.people.references import client_id_named

TAG = "Points"


class PointsTold(Told):
    """Points, and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"points": 50, "reason": "Ordered for the first time"}]})

    points: Points
    reason: Reason


class PointsShown(Shown):
    """A client's points."""

    user_id: int
    points: int
    held: int = Field(description="Set aside for what is not settled yet; part of no balance.")


class PointsEarned(Shown):
    """Points were given."""

    event_id: int
    points: int
    balance: int
    unlocked: list[str] = Field(description="Keys of achievements that this led to.")
    level: LevelShown


class PointsSpent(Shown):
    """Points were taken."""

    transfer_id: int
    points: int
    balance: int


@door.get("/users/<user>/points", tag=TAG, permission=Permission.POINTS_READ, answers={200: PointsShown})
def show_points(caller: Caller, user: str) -> Answer:
    """A client's points."""
    user_id = client_id_named(user)
    return Answer(200, {"user_id": user_id, "points": balances_of(user_id).get(POINTS, 0), "held": 0})


@door.post("/users/<user>/points/earn", tag=TAG, permission=Permission.POINTS_WRITE, answers={201: PointsEarned})
def earn(caller: Caller, user: str, body: PointsTold) -> Answer:
    """Give points. The history tells the reason; no rule is asked."""

    def work(key: str | None) -> Answer:
        user_id = client_id_named(user)
        # A source of its own: the same key may stand for an event too.
        source = f"{caller.source}/points"
        grant = grant_points(user_id=user_id, points=body.points, reason=body.reason, source=source, idempotency_key=key)
        balances = balances_of(user_id)
        level = climb_of(balances.get(XP, 0), programme_in_force().ladder).level
        return Answer(
            201,
            {
                "event_id": grant.event_id,
                "points": body.points,
                "balance": balances[POINTS],
                "unlocked": list(grant.unlocked),
                "level": {"number": level.number, "name": level.name},
            },
        )

    return write_once(caller, "points/earn", [user, body.points, body.reason], work)


@door.post("/users/<user>/points/spend", tag=TAG, permission=Permission.POINTS_WRITE, answers={201: PointsSpent})
def spend(caller: Caller, user: str, body: PointsTold) -> Answer:
    """Take points; refused with the gap where there are too few."""

    def work(key: str | None) -> Answer:
        user_id = client_id_named(user)
        spending = spend_points(user_id=user_id, points=body.points, reason=body.reason, reference=caller.source, idempotency_key=key)
        return Answer(201, {"transfer_id": spending.transfer_id, "points": spending.points, "balance": spending.balance})

    return write_once(caller, "points/spend", [user, body.points, body.reason], work)


@door.get("/users/<user>/points/history", tag=TAG, permission=Permission.POINTS_READ, answers={200: TransfersShown})
def list_points(caller: Caller, user: str, query: Page) -> Answer:
    """Every movement of a client's points, newest first."""
    return Answer(200, transfers_page(client_id_named(user), query, POINTS))
