"""Who listens to whom, in the order in which it happens: the only module that knows."""

from collections.abc import Mapping, Sequence

from rewards.campaigns.converting import record_conversions, undo_conversions
from rewards.campaigns.facts import (
    CampaignBegun,
    JoinedAgain,
    ReferralConfirmed,
    ReferralUndone,
    RewardEarned,
    SubscriberErased,
    SubscriberJoined,
)
from rewards.campaigns.linking import link_joined
from rewards.circles.telling import forget_undone, tell_events, tell_levels, tell_unlocks
from rewards.earning.facts import (
    AchievementUnlocked,
    BalanceAdjusted,
    EventProcessed,
    EventUndone,
    LevelReached,
    QuestionAnswered,
    RewardGranted,
    StreakReached,
)
from rewards.earning.logins import record_daily_logins
from rewards.integrations.forgetting import forget_answers
from rewards.kit.announcing import Reaction
from rewards.messages.forgetting import forget_mails
from rewards.messages.noticing import (
    notice_adjustments,
    notice_answers,
    notice_levels,
    notice_redemptions,
    notice_settlements,
    notice_streaks,
    notice_undone,
    notice_unlocks,
)
from rewards.messages.writing import (
    mail_begun,
    mail_campaign_rewards,
    mail_claimed_addresses,
    mail_first_passwords,
    mail_invitations,
    mail_joined,
    mail_joined_again,
    mail_redemptions,
    mail_resets,
    mail_settlements,
    warn_of_new_passwords,
    warn_old_addresses,
)
from rewards.people.facts import (
    AddressClaimed,
    EmailChanged,
    InvitationAccepted,
    Invited,
    PasswordChanged,
    PasswordOffered,
    ResetAsked,
    SignedIn,
)
from rewards.shop.facts import RedemptionSettled, RewardRedeemed
from rewards.shop.giving import give_granted

REACTIONS: Mapping[type, Sequence[Reaction]] = {
    SignedIn: (record_daily_logins,),
    EventProcessed: (tell_events,),
    LevelReached: (notice_levels, tell_levels),
    AchievementUnlocked: (notice_unlocks, tell_unlocks),
    StreakReached: (notice_streaks,),
    BalanceAdjusted: (notice_adjustments,),
    EventUndone: (notice_undone, forget_undone),
    QuestionAnswered: (notice_answers,),
    RewardGranted: (give_granted,),
    RewardRedeemed: (notice_redemptions, mail_redemptions),
    RedemptionSettled: (notice_settlements, mail_settlements),
    SubscriberJoined: (mail_joined,),
    JoinedAgain: (mail_joined_again,),
    SubscriberErased: (forget_mails, forget_answers),
    ReferralConfirmed: (record_conversions,),
    ReferralUndone: (undo_conversions,),
    RewardEarned: (mail_campaign_rewards,),
    CampaignBegun: (mail_begun,),
    Invited: (mail_invitations,),
    InvitationAccepted: (link_joined,),
    ResetAsked: (mail_resets,),
    PasswordOffered: (mail_first_passwords,),
    PasswordChanged: (warn_of_new_passwords,),
    AddressClaimed: (mail_claimed_addresses,),
    EmailChanged: (warn_old_addresses,),
}
