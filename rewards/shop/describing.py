"""Rewards as rows and as documents: what a document says comes to stand in the row, and reads the same when it is written again."""

from collections.abc import Collection
from datetime import UTC
from typing import Any

from rewards.activities.registry import registry_in_force
from rewards.earning.moments import instant_of
from rewards.kit.columns import time_from_text, time_text
from rewards.kit.errors import Invalid, Problem
from rewards.people.models import Role
from rewards.people.queries import user_by_email, user_by_id
from rewards.people.zones import zone_named
from rewards.shop.documents import RewardDocument
from rewards.shop.models import Reward

# Said in the document and in the row in the same words.
ALIKE = (
    *("name", "description", "type", "points_cost", "pooled", "active", "picture_alt", "value_minor", "payload", "external_url"),
    *("external_id", "limit_count", "limit_period", "level_number", "valid_days"),
)
MOMENTS = ("available_from", "available_until")


def columns_of(document: RewardDocument) -> dict[str, Any]:
    """What a row says where a document says this; the key, the stock and whose it is are for the caller."""
    settings = registry_in_force().settings
    columns = {name: getattr(document, name) for name in ALIKE}
    columns["currency"] = (document.currency or settings.currency) if document.value_minor is not None else None
    for name in MOMENTS:
        moment = getattr(document, name)
        # As it will read when it comes back from its column, so that what is the same is seen to be the same.
        columns[name] = time_from_text(time_text(instant_of(moment, zone_named(settings.timezone)))) if moment else None
    return columns


def document_of(reward: Reward) -> RewardDocument:
    """The row as a document that would make it so; its coach is told by id."""
    members: dict[str, Any] = {name: getattr(reward, name) for name in (*ALIKE, "key", "currency", "coach_id")}
    members |= {name: moment.astimezone(UTC) for name in MOMENTS if (moment := getattr(reward, name))}
    return RewardDocument.model_validate(members | ({} if reward.pooled else {"stock": reward.stock}))


def owner_of(document: RewardDocument, before: Reward | None = None) -> int | None:
    """The id of the coach whose reward it is; None: everybody's. Raises Invalid; whoever was its coach before may stay it."""
    if document.coach is None and document.coach_id is None:
        return None
    field, written = ("coach", document.coach) if document.coach else ("coach_id", document.coach_id)
    found = user_by_email(document.coach) if document.coach else user_by_id(document.coach_id or 0)
    stays = found is not None and before is not None and before.coach_id == found.id
    if found is None or not (stays or found.role != Role.CLIENT):
        raise Invalid.single(field, "somebody who coaches here is expected", written)
    if document.coach_id not in (None, found.id):
        raise Invalid.single("coach_id", "says another coach than `coach`; write one of them", document.coach_id)
    return found.id


def level_problems(document: RewardDocument, levels: Collection[int]) -> list[Problem]:
    """What is wrong with the level it asks for, where these are there."""
    if document.level_number is None or document.level_number in levels:
        return []
    return [Problem("level_number", "the number of a level is expected", document.level_number)]
