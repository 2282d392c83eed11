"""Tells everybody on a list that its campaign has begun: each once, many at a time, and never so many that others wait long."""

from rewards.campaigns.facts import CampaignBegun
from rewards.campaigns.models import Campaign
from rewards.campaigns.queries import settings_of
from rewards.kit import clock, sql
from rewards.kit.announcing import announce
from rewards.kit.columns import time_text
from rewards.kit.database import db

BEGUN = "SELECT id FROM campaigns WHERE status = 'live' AND told_sequence IS NOT NULL AND (starts_at IS NULL OR starts_at <= ?) ORDER BY id"
# Whoever joins from now on sees that it has begun.
WAITED = (
    "SELECT sequence, id FROM subscribers WHERE waitlist_id = ? AND sequence > ? AND status = 'active' AND joined_at < ?{verified}"
    " ORDER BY sequence LIMIT ?"
)
TOLD = "UPDATE campaigns SET told_sequence = ? WHERE id = ? AND told_sequence = ? AND status = 'live'"
BLOCK = 500
BLOCKS_MAX = 20


def tell_begun() -> int:
    """Announce to those who waited, some hundred in each write block; how many. What is left is for the next run."""
    with db.read():
        begun = [row[0] for row in sql.rows(BEGUN, (time_text(clock.now()),))]
    told = 0
    for _ in range(BLOCKS_MAX):
        if not begun:
            break
        with db.write() as session:
            some = _tell_some(session.get_one(Campaign, begun[0], populate_existing=True))
        told += some
        if some < BLOCK:
            begun.pop(0)
    return told


def _tell_some(campaign: Campaign) -> int:
    since = max(moment for moment in (campaign.starts_at, campaign.published_at) if moment)
    # Nobody who has not shown that an address is theirs is written to twice, where the campaign asks for that.
    verified = " AND verified_at IS NOT NULL" if settings_of(campaign).require_email_verification else ""
    params = (campaign.waitlist_id, campaign.told_sequence, time_text(since), BLOCK)
    found = sql.rows(WAITED.format(verified=verified), params) if campaign.told_sequence is not None else []
    reached = found[-1][0] if len(found) == BLOCK else None
    # Another process may have told them in the meantime.
    if not sql.run(TOLD, (reached, campaign.id, campaign.told_sequence)):
        return 0
    announce(CampaignBegun(campaign.id, subscriber_id) for _, subscriber_id in found)
    return len(found)
