"""What a key may be allowed to do: the one list that keys, routes and the API's description share."""

from enum import StrEnum


class Permission(StrEnum):
    """One thing a key may do. Those of parts that are not built yet open nothing, and a key that has them need not be made anew later."""

    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    EVENTS_READ = "events:read"
    EVENTS_WRITE = "events:write"
    WALLETS_READ = "wallets:read"
    POINTS_READ = "points:read"
    POINTS_WRITE = "points:write"
    REWARDS_READ = "rewards:read"
    REWARDS_WRITE = "rewards:write"
    DONATIONS_READ = "donations:read"
    DONATIONS_WRITE = "donations:write"
    WITHDRAWALS_READ = "withdrawals:read"
    WITHDRAWALS_WRITE = "withdrawals:write"
    CAMPAIGNS_READ = "campaigns:read"
    CAMPAIGNS_WRITE = "campaigns:write"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    METRICS_READ = "metrics:read"
