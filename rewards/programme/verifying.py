"""`laurel verify`: everything derived, held against the ledger; `laurel recalculate`: derived again where it differs."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from rewards.campaigns.verifying import restore_campaigns, wrong_campaigns
from rewards.earning import verifying as totals
from rewards.earning.in_force import programme_in_force
from rewards.ledger import verifying as balances
from rewards.levels.verifying import missing_reaches, record_reaches
from rewards.shop.verifying import restore_pools, wrong_redemptions
from rewards.streaks import verifying as runs


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not what the ledger says: its kind, whose it is, what was expected and what was found."""

    kind: str
    what: str
    expected: Any
    found: Any

    def told(self) -> str:
        """In one line."""
        return f"{self.kind}: {self.what}: expected {self.expected}, found {self.found}"


def verify() -> list[Difference]:
    """Every difference, by name; none is what everybody hopes for. Works in a read block."""
    return [*_sums(), *_balances(), *_flows(), *_totals(), *_undone(), *_rollups(), *_runs(), *_levels(), *_shop(), *_campaigns()]


def recalculate() -> int:
    """Derive again whatever differs, in the surrounding write block; how many rows were mended."""
    mended = balances.restore_balances()
    mended += balances.restore_flows()
    mended += totals.restore_totals()
    # What adds up many totals comes after them.
    mended += totals.restore_rollups()
    # Runs come after the totals they are derived from.
    mended += runs.restore_runs()
    mended += restore_pools()
    mended += restore_campaigns()
    return mended + record_reaches(programme_in_force().ladder)


def _sums() -> Iterator[Difference]:
    for asset, total in sorted(balances.sums_by_asset().items()):
        if total:
            yield Difference("sum", f"all accounts of {asset}", 0, total)


def _balances() -> Iterator[Difference]:
    for wrong in balances.wrong_balances():
        yield Difference("balance", f"{wrong.asset} of {wrong.owner_kind} {wrong.owner_id}", wrong.transferred, wrong.cached)


def _totals() -> Iterator[Difference]:
    for wrong in totals.wrong_totals():
        what = f"user {wrong.user_id} on {wrong.day}, activity {wrong.activity_id}"
        yield Difference("daily total", what, _named(wrong.derived), _named(wrong.stored))


def _undone() -> Iterator[Difference]:
    for half in totals.half_undone():
        yield Difference("undone event", f"{half.asset} of event {half.event_id}", 0, half.amount)


def _flows() -> Iterator[Difference]:
    for wrong in balances.wrong_flows():
        yield Difference("daily flow", f"{wrong.asset} and {wrong.counterpart} on {wrong.day}", wrong.transferred, wrong.stored)


def _rollups() -> Iterator[Difference]:
    for kind, found in (("daily sum", totals.wrong_sums()), ("last days", totals.wrong_last_days())):
        for wrong in found:
            yield Difference(kind, wrong.what, wrong.derived, wrong.stored)


def _runs() -> Iterator[Difference]:
    for stored, derived in runs.wrong_runs():
        what = " and ".join({f"user {run.user_id}, activity {run.activity_id}" for run in (stored, derived) if run})
        yield Difference("streak", what, asdict(derived) if derived else None, asdict(stored) if stored else None)


def _levels() -> Iterator[Difference]:
    for missing in missing_reaches(programme_in_force().ladder):
        yield Difference("level", f"user {missing.user_id} reached {missing.name}", "a record", None)


def _shop() -> Iterator[Difference]:
    for wrong in wrong_redemptions():
        yield Difference(wrong.kind, wrong.what, wrong.expected, wrong.found)


def _campaigns() -> Iterator[Difference]:
    for wrong in wrong_campaigns():
        yield Difference(wrong.kind, wrong.what, wrong.expected, wrong.found)


def _named(values: tuple[int, ...] | None) -> dict[str, int] | None:
    return dict(zip(totals.COLUMNS, values, strict=True)) if values else None
