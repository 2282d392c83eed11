"""How people like things: a small document of each person's own, so that a new choice needs no new column."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, StrictBool, ValidationError

from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Problem
from rewards.people.models import User

Theme = Literal["system", "light", "dark"]
MailChoice = Literal["instant", "daily", "off"]


class Preferences(BaseModel):
    """Everything somebody can choose for themselves alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    theme: Theme = "system"
    # Whether reaching something is celebrated or merely told.
    celebrations: StrictBool = True
    # Whether they may still be told that pages can be an app of their phone.
    install_hint: StrictBool = True
    # When those who look after clients are mailed that one of them redeemed a reward: each time, once a day, or never.
    redemption_mail: MailChoice = "instant"
    # Whether clients are mailed what others made of what they redeemed, and what they won in a campaign.
    outcome_mail: StrictBool = True
    campaign_mail: StrictBool = True


def preferences_of(user: User) -> Preferences:
    """What they chose; the usual for what they never did."""
    return Preferences.model_validate(user.preferences or {})


def change_preferences(*, user_id: int, **choices: Any) -> Preferences:
    """Choose these and leave the others as they are: `theme` (system, light, dark), `redemption_mail` (instant, daily, off);
    `celebrations`, `install_hint`, `outcome_mail` and `campaign_mail` are True or False. Raises NotFound, Invalid.
    """
    user = db.session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound(f"user {user_id}")
    try:
        chosen = Preferences.model_validate((user.preferences or {}) | choices)
    except ValidationError as error:
        raise Invalid([Problem(".".join(map(str, one["loc"])), one["msg"], one["input"]) for one in error.errors()]) from None
    user.preferences = chosen.model_dump(exclude_unset=True)
    db.session.flush()
    return chosen
