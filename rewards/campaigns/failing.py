"""What a campaign could not decide or settle: whom it is about, what happened, and why it failed."""

from dataclasses import dataclass
from datetime import datetime

from rewards.campaigns.scoring_models import HAS_FAILED, EventState, Happening
from rewards.kit import sql
from rewards.kit.columns import time_from_text

FAILED = (
    "SELECT e.id, e.event, e.state, e.occurred_at, e.attempts, e.next_attempt_at, e.error, s.id, s.status, s.name, s.email"
    f" FROM campaign_events e JOIN subscribers s ON s.id = e.subscriber_id WHERE e.campaign_id = ? AND e.{HAS_FAILED}"
    # A referral that failed is no event yet: it has no id.
    f" UNION ALL SELECT 0, '{Happening.REFERRAL_CONFIRMED.value}', '{EventState.RETRYING.value}', brought.joined_at, f.attempts,"
    " f.next_attempt_at, f.error, s.id, s.status, s.name, s.email FROM failed_referrals f JOIN subscribers s ON s.id = f.referrer_id"
    " JOIN subscribers brought ON brought.id = f.referee_id WHERE f.campaign_id = ?"
    " ORDER BY 1 DESC, 4 DESC LIMIT ? OFFSET ?"
)
COUNTED = (
    f"SELECT (SELECT count(*) FROM campaign_events WHERE campaign_id = ? AND {HAS_FAILED})"
    " + (SELECT count(*) FROM failed_referrals WHERE campaign_id = ?)"
)


@dataclass(frozen=True, slots=True)
class Failure:
    """An event that nobody could decide so far, or a referral that could not be settled."""

    # 0: a referral, which is tried again with all the others.
    id: int
    event: str
    state: str
    occurred_at: datetime
    attempts: int
    # None where it was given up.
    next_attempt_at: datetime | None
    # The kind of error, a colon, and what it says.
    error: str
    subscriber_id: int
    subscriber_status: str
    name: str
    email: str

    @property
    def is_given_up(self) -> bool:
        """Whether it is not tried again by itself."""
        return self.state == EventState.DEAD


def failures_of(campaign_id: int, *, first: int = 0, limit: int = 25) -> list[Failure]:
    """What failed in a campaign, the latest first."""
    return [_failure(row) for row in sql.rows(FAILED, (campaign_id, campaign_id, limit, first))]


def count_failures(campaign_id: int) -> int:
    """How much that is."""
    return int(sql.value(COUNTED, (campaign_id, campaign_id)))


def _failure(row: sql.Row) -> Failure:
    event_id, event, state, occurred_at, attempts, next_at, error, *who = row
    next_attempt_at = time_from_text(next_at) if next_at else None
    return Failure(event_id, event, state, time_from_text(occurred_at), attempts, next_attempt_at, error or "", *who)
