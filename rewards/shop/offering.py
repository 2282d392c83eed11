"""What is offered: a coach makes, changes and takes away their own rewards, an admin everybody's. Each change leaves a record."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, select

from rewards.activities.definitions import current_version, definitions_at, lock_versions
from rewards.activities.models import Kind
from rewards.earning.in_force import programme_in_force
from rewards.kit import sql
from rewards.kit.database import db
from rewards.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from rewards.people.auditing import Done, record_deed
from rewards.people.models import Role, User
from rewards.shop.describing import columns_of, document_of, level_problems, owner_of
from rewards.shop.documents import RewardDocument
from rewards.shop.models import IS_FREE, Aim, Redemption, Reward, VoucherCode

KEY_LENGTH_MAX = 64
ID_MAX = 10**18
CODES_MAX = 10_000
CODE_LENGTH_MAX = 200
CODE = "INSERT INTO voucher_codes (reward_id, code, shown) VALUES (?, ?, 0) ON CONFLICT (reward_id, code) DO NOTHING"
POOL = (
    f"UPDATE rewards SET pooled = 1, stock = (SELECT count(*) FROM voucher_codes WHERE reward_id = rewards.id AND {IS_FREE}) WHERE id = ?"
)


def may_change(actor: User, reward: Reward) -> bool:
    """A coach their own; an admin all."""
    return actor.role == Role.ADMIN or (actor.role == Role.COACH and reward.coach_id == actor.id)


def add_reward(*, reward: RewardDocument, actor: User) -> Reward:
    """A new one, under the first free key that is like its own. A coach's belongs to that coach. Raises Invalid, Forbidden."""
    # Of two that would take the same key, the second one sees the first.
    lock_versions()
    if actor.role == Role.CLIENT:
        raise Forbidden("Coaches and admins make rewards.")
    check_level(reward)
    owner_id = actor.id if actor.role == Role.COACH else owner_of(reward)
    return store_new(reward.model_copy(update={"key": _free_key(reward.key)}), owner_id, actor.id)


def change_reward(*, reward_id: int, reward: RewardDocument, actor: User) -> Reward:
    """Let it say this; it keeps its key and stays whose it is, and its stock where `stock` was not written. Raises Invalid, NotFound."""
    row = held_reward(reward_id, actor)
    check_level(reward)
    store_change(row, reward, row.coach_id, actor.id)
    return row


def switch_reward(*, reward_id: int, active: bool, actor: User) -> Reward:
    """Offer it, or offer it no longer; what was redeemed stands. Raises NotFound."""
    row = held_reward(reward_id, actor)
    if row.active != active:
        row.active = active
        db.session.flush()
        record_deed(Done("reward_switched", "reward", row.id, {"active": not active}, {"active": active}), actor_id=actor.id)
    return row


def picture_reward(*, reward_id: int, picture: str | None, alt: str, actor: User) -> Reward:
    """Another picture, or none; `picture` is its name among the uploads. Raises NotFound."""
    row = held_reward(reward_id, actor)
    before = {"picture": row.picture, "picture_alt": row.picture_alt}
    row.picture, row.picture_alt = picture, alt if picture else ""
    after = {"picture": row.picture, "picture_alt": row.picture_alt}
    if before != after:
        db.session.flush()
        record_deed(Done("reward_pictured", "reward", row.id, before, after), actor_id=actor.id)
    return row


def remove_reward(*, reward_id: int, actor: User) -> None:
    """Take away what nobody ever redeemed. Raises NotFound, Refused (`redeemed`, `given_by_rule`): anything else can be switched off."""
    row = held_reward(reward_id, actor)
    if db.session.scalar(select(Redemption.id).where(Redemption.reward_id == row.id).limit(1)) is not None:
        raise Refused("redeemed", f"Somebody has redeemed {row.name}. Switch it off instead: whoever has it keeps it.")
    given = {"type": "grant_reward", "reward": row.key}
    rule = next((one.key for one in definitions_at(current_version()) if one.kind == Kind.RULE and one.body["outcome"] == given), None)
    if rule:
        raise Refused("given_by_rule", f"The rule {rule} gives {row.name}. Switch it off instead, or change the rule first.")
    before = document_of(row).plain(short=True)
    for table in (VoucherCode, Aim):
        db.session.execute(delete(table).where(table.reward_id == row.id))
    db.session.delete(row)
    db.session.flush()
    record_deed(Done("reward_removed", "reward", reward_id, before=before), actor_id=actor.id)


def add_codes(*, reward_id: int, codes: Iterable[str], actor: User) -> int:
    """Put codes into its pool; how many were new. From then on each redemption takes one. Raises NotFound, Invalid."""
    row = held_reward(reward_id, actor)
    wanted = _clean(codes)
    added = sql.run_many(CODE, [(row.id, code) for code in wanted])
    sql.run(POOL, (row.id,))
    db.session.refresh(row)
    record_deed(Done("codes_added", "reward", row.id, after={"added": added, "free": row.stock}), actor_id=actor.id)
    return added


def take_out_codes(*, reward_id: int, actor: User) -> int:
    """Take the free codes out of its pool again; how many. Those that somebody has taken stay theirs. Raises NotFound."""
    row = held_reward(reward_id, actor)
    taken = sql.run(f"DELETE FROM voucher_codes WHERE reward_id = ? AND {IS_FREE}", (row.id,))
    if taken:
        sql.run(POOL, (row.id,))
        db.session.refresh(row)
        record_deed(Done("codes_taken_out", "reward", row.id, after={"taken": taken}), actor_id=actor.id)
    return taken


def held_reward(reward_id: int, actor: User) -> Reward:
    """The reward, held until commit. Raises NotFound where it is not the actor's to change, as where there is none."""
    row = db.session.get(Reward, reward_id, with_for_update=True, populate_existing=True) if 0 < reward_id < ID_MAX else None
    if row is None or not may_change(actor, row):
        raise NotFound(f"reward {reward_id}")
    return row


def check_level(reward: RewardDocument) -> None:
    """Raise Invalid where it asks for a level that the programme does not have."""
    if problems := level_problems(reward, {level.number for level in programme_in_force().ladder.levels}):
        raise Invalid(problems)


def store_new(reward: RewardDocument, owner_id: int | None, actor_id: int | None) -> Reward:
    """The row of a new reward, whose key is free. Raises Invalid."""
    _check_external_id(reward, None)
    stock = 0 if reward.pooled else reward.stock
    row = Reward(key=reward.key, coach_id=owner_id, stock=stock, picture=None, **columns_of(reward))
    db.session.add(row)
    db.session.flush()
    record_deed(Done("reward_added", "reward", row.id, after=document_of(row).plain(short=True)), actor_id=actor_id)
    return row


def store_change(row: Reward, reward: RewardDocument, owner_id: int | None, actor_id: int | None) -> bool:
    """Let a row that is held say what the document says; whether anything differed. Raises Invalid."""
    _check_external_id(reward, row.id)
    columns = changed_columns(row, reward, owner_id)
    if not columns:
        return False
    before = document_of(row).plain(short=True)
    for name, value in columns.items():
        setattr(row, name, value)
    db.session.flush()
    record_deed(Done("reward_changed", "reward", row.id, before, document_of(row).plain(short=True)), actor_id=actor_id)
    return True


def changed_columns(row: Reward, reward: RewardDocument, owner_id: int | None) -> dict[str, Any]:
    """What would be different if the row said what the document says. Raises Invalid."""
    columns = columns_of(reward) | {"coach_id": owner_id}
    if reward.pooled:
        columns["stock"] = row.stock if row.pooled else 0
    elif row.pooled:
        if db.session.scalar(select(VoucherCode.id).where(VoucherCode.reward_id == row.id).limit(1)) is not None:
            raise Invalid.single("pooled", "true is expected: there are codes in its pool", value=False)
        columns["stock"] = reward.stock
    elif "stock" in reward.model_fields_set:
        columns["stock"] = reward.stock
    return {name: value for name, value in columns.items() if getattr(row, name) != value}


def _check_external_id(reward: RewardDocument, own_id: int | None) -> None:
    if reward.external_id is None:
        return
    found = db.session.scalar(select(Reward).where(Reward.external_id == reward.external_id))
    if found is not None and found.id != own_id:
        raise Invalid.single("external_id", f"another id is expected: {found.name} has this one", reward.external_id)


def _free_key(wanted: str) -> str:
    number, key = 1, wanted
    while db.session.scalar(select(Reward.id).where(Reward.key == key)) is not None:
        number += 1
        key = f"{wanted[: KEY_LENGTH_MAX - len(str(number)) - 1]}_{number}"
    return key


def _clean(codes: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    problems = [
        Problem("codes", f"1 to {CODE_LENGTH_MAX} characters that can be read", code[:60])
        for code in wanted
        if len(code) > CODE_LENGTH_MAX or not code.isprintable()
    ]
    if not wanted or len(wanted) > CODES_MAX:
        problems.append(Problem("codes", f"1 to {CODES_MAX:,} codes, each on a line of its own", len(wanted)))
    if problems:
        raise Invalid(problems[:10])
    return wanted
