"""What brings points in a campaign, in words for those who play it: plain rules in our words, and others in their coach's."""

from collections.abc import Sequence

from rewards.campaigns.rule_documents import FIRST_ONLY, REFERRALS, CampaignRule, names_in
from rewards.campaigns.scoring_models import Happening
from rewards.web.words import Words, plural

FOR = {
    Happening.SIGNUP: "for joining",
    Happening.EMAIL_VERIFIED: "for confirming your address",
    Happening.REFERRAL_CONFIRMED: "for each friend who counts",
}


def told_rules(rules: Sequence[CampaignRule], words: Words) -> list[str]:
    """A line for each rule that adds points by itself; what is hard to say and has no description is left out."""
    played = [rule for rule in rules if rule.active and rule.points > 0 and rule.event in FOR]
    return [line for rule in played if (line := _told(rule, words))]


def _told(rule: CampaignRule, words: Words) -> str:
    points = f"+{words.number(rule.points)} {plural(rule.points, 'point')}"
    if rule.active_from or rule.active_until:
        return _described(rule, points)
    if not rule.conditions:
        return f"{points} {FOR[rule.event]}"
    if rule.threshold and set(names_in(rule.conditions)) <= {REFERRALS, FIRST_ONLY}:
        reached = "with your first friend" if rule.threshold == 1 else f"once {words.number(rule.threshold)} friends count"
        return f"{points} {reached}"
    return _described(rule, points)


def _described(rule: CampaignRule, points: str) -> str:
    return f"{points}: {rule.description}" if rule.description else ""
