"""What happened on a waitlist that others may care about."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SubscriberJoined:
    """Somebody is on a waitlist, and has not shown yet that the address is theirs."""

    subscriber_id: int


@dataclass(frozen=True, slots=True)
class JoinedAgain:
    """An address that is in was given again, or its owner asked for the link once more."""

    subscriber_id: int


@dataclass(frozen=True, slots=True)
class CampaignBegun:
    """What somebody on a waitlist waited for has begun."""

    campaign_id: int
    subscriber_id: int


@dataclass(frozen=True, slots=True)
class ReferralConfirmed:
    """Somebody brought somebody, and the campaign counts it; `event_id` is the campaign's own."""

    referral_id: int
    event_id: int
    referrer_id: int


@dataclass(frozen=True, slots=True)
class ReferralUndone:
    """What a campaign's event counted counts no more."""

    referral_id: int
    event_id: int
    referrer_id: int


@dataclass(frozen=True, slots=True)
class RewardEarned:
    """Somebody has won one of a campaign's rewards."""

    subscriber_reward_id: int
    subscriber_id: int


@dataclass(frozen=True, slots=True)
class SubscriberErased:
    """Somebody on a waitlist is forgotten; their address is told for the last time, to whoever kept it."""

    subscriber_id: int
    email: str
