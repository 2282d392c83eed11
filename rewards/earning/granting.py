"""What moves by somebody's hand and not by a decision: adjustments, points granted by a service, achievements awarded by a coach."""

from collections.abc import Mapping
from dataclasses import dataclass

from rewards.achievements.identities import achievement_ids
from rewards.activities.reserved import ACHIEVEMENT_UNLOCKED, ADJUSTMENT, POINTS_GRANTED, Reserved
from rewards.earning.facts import BalanceAdjusted
from rewards.earning.numbering import take_turn
from rewards.earning.rolling_up import last_days_derived, set_last_days
from rewards.earning.settling import Settling, enter, pay, told_amounts
from rewards.earning.standing_by import open_settling
from rewards.earning.writing import Bonus
from rewards.kit import documents, sql
from rewards.kit.announcing import announce
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.ledger.models import AMOUNT_MAX, Owner
from rewards.people.auditing import Done, record_deed

REASON_LENGTH_MAX = 500


@dataclass(frozen=True, slots=True)
class Grant:
    """What was done: the system event that keeps it, what it moved and what followed."""

    event_id: int
    amounts: Mapping[str, int]
    unlocked: tuple[str, ...]
    level: int


def adjust(*, user_id: int, asset: str, amount: int, reason: str, actor_id: int | None, idempotency_key: str | None = None) -> Grant:
    """Give (`amount` > 0) or take away (< 0) whole units of an asset, with a reason. Raises Invalid, NotFound, Refused (`insufficient`)."""
    return _book(user_id, ADJUSTMENT, {asset: amount}, reason, actor_id, Owner.ADJUSTED, "adjustment", idempotency_key)


def grant_points(*, user_id: int, points: int, reason: str, source: str, idempotency_key: str | None = None) -> Grant:
    """Points that another system gives for reasons of its own. Raises Invalid, NotFound."""
    if points <= 0:
        raise Invalid.single("points", f"a whole number from 1 to {AMOUNT_MAX:,}", points)
    return _book(user_id, POINTS_GRANTED, {"points": points}, reason, None, Owner.ISSUED, source, idempotency_key)


def award_achievement(*, user_id: int, achievement: str, awarded_by: int, note: str | None = None) -> Grant:
    """Unlock an achievement by hand, once per person. Raises NotFound, Refused (`already_unlocked`, `not_by_hand`)."""
    settling = open_settling(user_id, ACHIEVEMENT_UNLOCKED)
    found = next((one for one in settling.programme.achievements if one.key == achievement and one.active), None)
    if found is None or found.coach_id not in (None, settling.event.person.coach_id):
        raise NotFound(f"achievement {achievement}")
    if found.type != "manual":
        raise Refused("not_by_hand", f"{found.name} unlocks by itself; it cannot be awarded by hand.")
    achievement_id = achievement_ids([achievement])[achievement]
    if achievement_id in settling.book.unlocked:
        raise Refused("already_unlocked", f"{found.name} is unlocked already.")
    take_turn(
        user_id=user_id,
        kind="unlock",
        achievement_id=achievement_id,
        version_id=settling.programme.version,
        actor_id=awarded_by,
        ids=settling.ids,
    )
    settling.award(achievement_id, found, awarded_by=awarded_by, note=note)
    settling.unlock()
    settling.writes.flush({user_id: settling.book})
    record_deed(Done("achievement_awarded", "user", user_id, after={"achievement": achievement}, note=note or ""), actor_id=awarded_by)
    return Grant(0, {}, tuple(settling.outcome.unlocked), settling.level)


def book_by_hand(settling: Settling, bonus: Bonus, *, counterpart: Owner, reason: str) -> int:
    """Book amounts that nothing has decided, and what follows from them; the id of their event."""
    book, event = settling.book, settling.event
    event_id = settling.ids.next()
    settling.writes.bonus(event_id, event, bonus, told_amounts(bonus.amounts))
    pay(book, settling.writes, bonus.amounts, reason=reason, event_id=event_id, counterpart=counterpart, actor_id=bonus.actor_id)
    enter(book, bonus.activity, bonus.activity_id, event.happened_on, bonus.amounts, settling.programme.settings.currency)
    settling.unlock()
    settling.writes.flush({event.person.id: book})
    return event_id


def _book(
    user_id: int,
    activity: Reserved,
    amounts: Mapping[str, int],
    reason: str,
    actor_id: int | None,
    counterpart: Owner,
    source: str,
    key: str | None,
) -> Grant:
    _check(amounts, reason)
    settling = open_settling(user_id, activity)
    body_hash = documents.digest([user_id, dict(amounts), reason]) if key else ""
    if key and (known := sql.rows("SELECT id, body_hash FROM events WHERE source = ? AND idempotency_key = ?", (source, key))):
        if known[0][1] != body_hash:
            raise Invalid.single("idempotency_key", "a new key: this one stands for another movement", key)
        return Grant(known[0][0], amounts, (), settling.level)
    metadata = {"reason": reason}
    bonus = Bonus(settling.event.activity_id, activity.key, key, amounts, metadata, actor_id, source, body_hash, is_input=True)
    event_id = book_by_hand(settling, bonus, counterpart=counterpart, reason=reason)
    if activity is ADJUSTMENT:
        announce([BalanceAdjusted(event_id, user_id, asset, amount, reason, actor_id) for asset, amount in amounts.items()])
        record_deed(Done("balance_adjusted", "user", user_id, after={**amounts, "event_id": event_id}, note=reason), actor_id=actor_id)
        # What takes away can leave nothing of what a day earned, and what gives can leave it below nothing still.
        set_last_days([(user_id, last_days_derived(user_id).get(user_id))])
    return Grant(event_id, amounts, tuple(settling.outcome.unlocked), settling.level)


def _check(amounts: Mapping[str, int], reason: str) -> None:
    for amount in amounts.values():
        if not 0 < abs(amount) <= AMOUNT_MAX:
            raise Invalid.single("amount", f"a whole number other than 0, at most {AMOUNT_MAX:,}", amount)
    if not reason.strip() or len(reason) > REASON_LENGTH_MAX:
        raise Invalid.single("reason", f"1 to {REASON_LENGTH_MAX} characters that say why", reason)
