"""What clients have, and every movement that led there."""

from typing import Any

from pydantic import Field

from rewards.api.door import door
from rewards.api.values import AmountsShown, LevelShown, MoneyShown, Page, Shown, amounts, moment
from rewards.earning.in_force import programme_in_force
from rewards.integrations.answers import Answer
from rewards.integrations.keys import Caller
from rewards.integrations.permissions import Permission
from rewards.ledger.models import POINTS, XP
from rewards.ledger.money import money
from rewards.ledger.queries import Entry, balances_of, history
from rewards.levels.queries import climb_of
from rewards.people.references import client_id_named

TAG = "Wallets"


class NextLevelShown(LevelShown):
    """The level above."""

    xp_required: int
    xp_missing: int


class WalletShown(Shown):
    """What a client has."""

    user_id: int
    balances: AmountsShown
    held: AmountsShown = Field(description="Set aside for what is not settled yet; part of no balance.")
    level: LevelShown
    next_level: NextLevelShown | None


class TransferShown(Shown):
    """One movement, as its owner sees it."""

    id: int
    asset: str = Field(examples=["points", "xp", "USD"])
    amount: int = Field(description="Below 0 where it left the client; of money in minor units.")
    balance_after: int
    money: MoneyShown | None = Field(description="The amount again, where it is money.")
    reason: str
    counterpart: str = Field(examples=["issued", "redeemed", "adjusted"])
    posted_at: str
    event_id: int | None
    reverses_id: int | None = Field(description="The movement that this one takes back.")


class TransfersShown(Shown):
    """One page of movements, newest first."""

    items: list[TransferShown]
    next_cursor: str | None


@door.get("/wallets/<user>", tag=TAG, permission=Permission.WALLETS_READ, answers={200: WalletShown})
def show_wallet(caller: Caller, user: str) -> Answer:
    """A client's balances by asset, and their level."""
    user_id = client_id_named(user)
    balances = balances_of(user_id)
    climb = climb_of(balances.get(XP, 0), programme_in_force().ladder)
    above = climb.next
    return Answer(
        200,
        {
            "user_id": user_id,
            "balances": amounts(balances),
            "held": amounts({}),
            "level": {"number": climb.level.number, "name": climb.level.name},
            "next_level": above
            and {"number": above.number, "name": above.name, "xp_required": above.xp_required, "xp_missing": climb.missing},
        },
    )


@door.get("/wallets/<user>/transactions", tag=TAG, permission=Permission.WALLETS_READ, answers={200: TransfersShown})
def list_transactions(caller: Caller, user: str, query: Page) -> Answer:
    """Every movement of a client's, newest first."""
    return Answer(200, transfers_page(client_id_named(user), query))


def transfers_page(user_id: int, page: Page, asset: str | None = None) -> dict[str, Any]:
    """One page of movements; one row more is asked for to know whether there is another page."""
    entries = history(user_id=user_id, asset=asset, limit=page.limit + 1, before_id=page.before_id)
    items = entries[: page.limit]
    return {"items": [_shown(entry) for entry in items], "next_cursor": str(items[-1].id) if len(entries) > page.limit else None}


def _shown(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "asset": entry.asset,
        "amount": entry.amount,
        "balance_after": entry.balance_after,
        "money": None if entry.asset in (XP, POINTS) or ":" in entry.asset else money(entry.asset, entry.amount),
        "reason": entry.reason,
        "counterpart": entry.counterpart,
        "posted_at": moment(entry.posted_at),
        "event_id": entry.event_id,
        "reverses_id": entry.reverses_id,
    }
