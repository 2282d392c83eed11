"""Who listens to whom, in the order in which it happens: the only module that knows."""

from collections.abc import Mapping, Sequence

from rewards.earning.facts import AchievementUnlocked, BalanceAdjusted, LevelReached
from rewards.earning.logins import record_daily_logins
from rewards.kit.announcing import Reaction
from rewards.messages.noticing import notice_adjustments, notice_levels, notice_unlocks
from rewards.messages.writing import (
    mail_claimed_addresses,
    mail_first_passwords,
    mail_invitations,
    mail_resets,
    warn_of_new_passwords,
    warn_old_addresses,
)
from rewards.people.facts import AddressClaimed, EmailChanged, Invited, PasswordChanged, PasswordOffered, ResetAsked, SignedIn

REACTIONS: Mapping[type, Sequence[Reaction]] = {
    SignedIn: (record_daily_logins,),
    LevelReached: (notice_levels,),
    AchievementUnlocked: (notice_unlocks,),
    BalanceAdjusted: (notice_adjustments,),
    Invited: (mail_invitations,),
    ResetAsked: (mail_resets,),
    PasswordOffered: (mail_first_passwords,),
    PasswordChanged: (warn_of_new_passwords,),
    AddressClaimed: (mail_claimed_addresses,),
    EmailChanged: (warn_old_addresses,),
}
