"""The form of a campaign's reward as text to type into, what was typed as a reward, and who gets it in words."""

import json
from collections.abc import Mapping
from typing import Any

from rewards.campaigns.documents import CampaignRewardDocument
from rewards.campaigns.reward_models import CampaignReward, Distribution, Prize
from rewards.earning.documents import key_from
from rewards.kit.errors import Invalid, Problem
from rewards.kit.written import read_part
from rewards.web.typed import Typed, beside, number_text
from rewards.web.words import Words, plural

TYPES = {Prize.ACCESS: "Access", Prize.FEATURE: "Feature", Prize.DIGITAL: "Digital", Prize.CUSTOM: "Something else"}
WAYS = [
    (Distribution.TOP_N.value, "By place", "The first so many, when it ends."),
    (Distribution.MIN_SCORE.value, "By points", "Whoever has at least so many, at once."),
    (Distribution.MIN_REFERRALS.value, "By referrals", "Whoever has at least so many confirmed ones, at once."),
    (Distribution.MANUAL.value, "By hand", "Whomever you give it to."),
]
FIELDS = {"distribution.value": "value", "distribution.type": "distribution", "distribution": "value", "key": "name"}
SAID = {
    "name": "Enter a name, for example Early access.",
    "value": "Enter a whole number from 1.",
    "distribution": "Choose who gets it.",
    "max_recipients": "Enter a whole number from 1, or nothing for no limit.",
    "payload": 'Enter JSON with members, for example {"code": "VIP"}.',
}


def form_of(reward: CampaignRewardDocument) -> dict[str, Any]:
    """The form as it stands."""
    return {
        "name": reward.name,
        "description": reward.description,
        "type": reward.type.value,
        "distribution": reward.distribution.type.value,
        "value": number_text(reward.distribution.value),
        "max_recipients": number_text(reward.max_recipients),
        "payload": json.dumps(reward.payload, ensure_ascii=False, indent=2) if reward.payload else "",
        "active": reward.active,
    }


def empty_form() -> dict[str, Any]:
    """The form for a new one."""
    return {"type": Prize.CUSTOM.value, "distribution": Distribution.MIN_REFERRALS.value, "active": True}


def read_reward(typed: Typed, before: CampaignRewardDocument | None = None) -> CampaignRewardDocument:
    """The reward that was typed. Raises Invalid beside the fields."""
    name, way = typed.line("name", before.name if before else None), typed.text("distribution")
    value = typed.whole("value") if way != Distribution.MANUAL else None
    if not name:
        typed.problems["name"] = SAID["name"]
    if way != Distribution.MANUAL and value is None:
        typed.problems["value"] = SAID["value"]
    members: dict[str, Any] = {
        "key": before.key if before else key_from(name or "reward")[:60],
        "name": name,
        "description": typed.text("description") or "",
        "type": typed.text("type"),
        "distribution": {"type": way, "value": value},
        "max_recipients": typed.whole("max_recipients"),
        "payload": typed.members("payload", SAID["payload"]),
        "active": bool(typed.get("active")),
    }
    typed.check()
    try:
        return read_part(CampaignRewardDocument, members)
    except Invalid as error:
        found = beside(error, FIELDS).problems
        raise Invalid([Problem(one.field, SAID.get(one.field, one.message), one.value) for one in found]) from error


def told_of(reward: CampaignReward, words: Words) -> str:
    """What kind of thing it is, where that says something, and who gets it."""
    text = who_gets(reward, words)
    return f"For {text}" if reward.type == Prize.CUSTOM else f"{TYPES[Prize(reward.type)]} for {text}"


def who_gets(reward: CampaignReward, words: Words) -> str:
    """Who gets it, in words."""
    value = reward.value or 0
    said: Mapping[str, str] = {
        Distribution.TOP_N: f"the first {words.number(value)}" if value > 1 else "whoever is first",
        Distribution.MIN_SCORE: f"whoever has {words.number(value)} {plural(value, 'point')}",
        Distribution.MIN_REFERRALS: f"whoever has {words.number(value)} {plural(value, 'referral')}",
        Distribution.MANUAL: "whomever you give it to",
    }
    return said[reward.distribution]
