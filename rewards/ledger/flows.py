"""What each UTC day moved of each asset between people and the system's accounts, kept with the transfers: totals that scan nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from rewards.kit import sql

DAY = slice(0, 10)
ADD = (
    "INSERT INTO daily_flows (day, asset, counterpart, writer, transfers, given, taken, first_id, last_id)"
    " VALUES (?, ?, ?, {writer}, ?, ?, ?, ?, ?) ON CONFLICT (day, asset, counterpart, writer) DO UPDATE SET"
    " transfers = daily_flows.transfers + excluded.transfers, given = daily_flows.given + excluded.given,"
    " taken = daily_flows.taken + excluded.taken,"
    " first_id = CASE WHEN excluded.first_id < daily_flows.first_id THEN excluded.first_id ELSE daily_flows.first_id END,"
    " last_id = CASE WHEN excluded.last_id > daily_flows.last_id THEN excluded.last_id ELSE daily_flows.last_id END"
)


@dataclass(slots=True)
class Flow:
    """Transfers of one asset between people and one of the system's accounts."""

    first_id: int
    last_id: int = 0
    transfers: int = 0
    given: int = 0
    taken: int = 0

    def take(self, transfer_id: int, amount: int, *, to_person: bool) -> None:
        """One more."""
        self.first_id, self.last_id = min(self.first_id, transfer_id), max(self.last_id, transfer_id)
        self.transfers += 1
        if to_person:
            self.given += amount
        else:
            self.taken += amount


def add_flows(posted_at: str, flows: Mapping[tuple[str, str], Flow]) -> None:
    """Add to what the day of `posted_at` moved, by (asset, counterpart)."""
    # In one order, so that two batches cannot wait for each other.
    sql.run_many(
        ADD.format(writer=sql.writer()),
        [
            (posted_at[DAY], *key, flow.transfers, flow.given, flow.taken, flow.first_id, flow.last_id)
            for key, flow in sorted(flows.items())
        ],
    )
