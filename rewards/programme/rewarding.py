"""The rewards of a programme's document: made, changed and told again. They are rows, so no version of the programme keeps them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from rewards.kit.database import db
from rewards.kit.errors import Invalid, Problem
from rewards.kit.written import joined
from rewards.people.models import User
from rewards.shop.describing import document_of, level_problems, owner_of
from rewards.shop.documents import RewardDocument
from rewards.shop.models import Reward
from rewards.shop.offering import changed_columns, store_change, store_new

SECTION = "rewards"


@dataclass(slots=True)
class Merged:
    """What the rewards of a document came to, by key."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def known_rewards() -> set[str]:
    """The keys of all rewards there are."""
    return set(db.session.scalars(select(Reward.key)))


def merge_rewards(rewards: Sequence[RewardDocument], *, levels: Collection[int], actor_id: int | None, dry_run: bool) -> Merged:
    """Make what is new, change what differs and leave the rest. Raises Invalid with every problem; a dry run writes nothing."""
    merged, problems = Merged(), list[Problem]()
    rows = _held([reward.key for reward in rewards])
    for place, reward in enumerate(rewards):
        try:
            _check(reward, levels)
            _merge(reward, rows.get(reward.key), merged, actor_id, dry_run=dry_run)
        except Invalid as invalid:
            at = joined(SECTION, place)
            problems += [Problem(joined(at, problem.field), problem.message, problem.value) for problem in invalid.problems]
    if problems:
        raise Invalid(problems)
    return merged


def written_rewards() -> list[RewardDocument]:
    """All of them as people write them, by key; coaches by their e-mail."""
    rows = db.session.execute(select(Reward, User.email).outerjoin(User, User.id == Reward.coach_id).order_by(Reward.key))
    return [_with_email(document_of(reward), email) for reward, email in rows]


def _held(keys: Sequence[str]) -> Mapping[str, Reward]:
    question = select(Reward).where(Reward.key.in_(keys)).order_by(Reward.id).with_for_update()
    rows: Iterable[Reward] = db.session.scalars(question.execution_options(populate_existing=True)) if keys else ()
    return {reward.key: reward for reward in rows}


def _check(reward: RewardDocument, levels: Collection[int]) -> None:
    if problems := level_problems(reward, levels):
        raise Invalid(problems)


def _merge(reward: RewardDocument, row: Reward | None, merged: Merged, actor_id: int | None, *, dry_run: bool) -> None:
    owner_id = owner_of(reward, row)
    if row is None:
        if not dry_run:
            store_new(reward, owner_id, actor_id)
        merged.created.append(reward.key)
        return
    differs = bool(changed_columns(row, reward, owner_id)) if dry_run else store_change(row, reward, owner_id, actor_id)
    (merged.changed if differs else merged.unchanged).append(reward.key)


def _with_email(reward: RewardDocument, email: str | None) -> RewardDocument:
    return reward.model_copy(update={"coach": email, "coach_id": None}) if email else reward
