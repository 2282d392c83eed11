"""What became of a referral, in words for whoever brought somebody, and for who was brought."""

from rewards.campaigns.models import Campaign
from rewards.campaigns.queries import is_over, is_playing
from rewards.campaigns.referring import HOLD
from rewards.campaigns.subscriber_models import Referral, ReferralState, Subscriber, Suspicion
from rewards.web.words import Words

# What made somebody look like somebody else is between them and the coach.
LOOKED_INTO = "We are looking into it"
# What failed once is tried by itself.
AGAIN = "Something went wrong, and it is tried again"
REASONS: dict[str, str] = {
    **{suspicion.value: LOOKED_INTO for suspicion in Suspicion},
    "campaign_over": "Confirmed after the end",
    "campaign_paused": "Confirmed during a pause",
}


def told_to_referrer(referral: Referral, referee: Subscriber, campaign: Campaign, words: Words) -> str:
    """Whether it counts for them, and if not, why."""
    return _told(referral, campaign, words, "Waits until they confirm their address" if referee.verified_at is None else AGAIN)


def told_to_referee(referral: Referral, referee: Subscriber, campaign: Campaign, words: Words) -> str:
    """The same for who was brought."""
    return _told(referral, campaign, words, "Waits until you confirm your address" if referee.verified_at is None else AGAIN)


def _told(referral: Referral, campaign: Campaign, words: Words, open_still: str) -> str:
    if referral.state == ReferralState.CONFIRMED and referral.scored:
        return "Counts"
    if referral.state == ReferralState.UNDONE:
        return "Does not count any more" if referral.confirmed_at else "Does not count"
    if referral.reason == HOLD:
        return _held_back(referral, campaign, words)
    return REASONS.get(referral.reason, LOOKED_INTO) if referral.reason else open_still


def _held_back(referral: Referral, campaign: Campaign, words: Words) -> str:
    due = max(referral.counts_at or words.now, campaign.starts_at or words.now)
    if referral.campaign_id != campaign.id or is_over(campaign, max(due, words.now)):
        return f"Waits until {words.at(due)}: that is after the end"
    if due > words.now:
        return f"Counts {words.at(due)} if nothing speaks against it"
    return "Counts in a moment" if is_playing(campaign, words.now) else "Counts when it goes on"
