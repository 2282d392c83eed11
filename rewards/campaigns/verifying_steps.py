"""How far people came, by day and source, held against the people and the visits themselves."""

from typing import NamedTuple

from rewards.campaigns.stepping import COLUMNS, DAY, IS_VERIFIED
from rewards.kit import sql

STEPS = ("visits", "joined", "verified", "referred")
KEY = "waitlist_id, campaign_id, day, source"
COUNTED = (
    f"SELECT waitlist_id, 0 AS campaign_id, day, source, visits, 0 AS joined, 0 AS verified, 0 AS referred FROM visits"
    f" UNION ALL SELECT s.waitlist_id, 0, {DAY}, s.source, 0, 1, {IS_VERIFIED}, 0 FROM subscribers s"
    f" UNION ALL SELECT s.waitlist_id, e.campaign_id, {DAY}, s.source, 0, 0, 0, 1 FROM entrants e"
    " JOIN subscribers s ON s.id = e.subscriber_id WHERE e.referrals > 0"
)
SUMS = ", ".join(f"sum({step}) AS {step}" for step in STEPS)
KEPT = f"SELECT {KEY}, {', '.join(f'-{step}' for step in STEPS)} FROM daily_steps"
MISSING = (
    f"SELECT {KEY}, {SUMS} FROM ({COUNTED} UNION ALL {KEPT}) AS sides GROUP BY {KEY}"
    f" HAVING {' OR '.join(f'sum({step}) <> 0' for step in STEPS)} ORDER BY {KEY}"
)


class WrongSteps(NamedTuple):
    """What a day's numbers of one source lack: visits, joined, verified, referred."""

    waitlist_id: int
    # 0: of the list itself.
    campaign_id: int
    day: str
    source: str
    missing: tuple[int, ...]


def wrong_steps() -> list[WrongSteps]:
    """Every day and source that is not as the people and the visits say."""
    return [
        WrongSteps(waitlist_id, campaign_id, day, source, tuple(map(int, missing)))
        for waitlist_id, campaign_id, day, source, *missing in sql.rows(MISSING)
    ]


def restore_steps() -> int:
    """Count everything again where something is wrong; how many days and sources were."""
    wrong = wrong_steps()
    if wrong:
        sql.run("DELETE FROM daily_steps")
        sql.run(f"INSERT INTO daily_steps ({COLUMNS}) SELECT {KEY}, 0, {SUMS} FROM ({COUNTED}) AS counted GROUP BY {KEY}")
    return len(wrong)
