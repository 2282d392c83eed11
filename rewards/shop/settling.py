"""What becomes of a redemption: handed out, refused, given up or too late; each once, and what went back went back once."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select, update

from rewards.kit import clock, sql
from rewards.kit.announcing import announce
from rewards.kit.columns import time_text
from rewards.kit.database import db
from rewards.kit.errors import DomainError, Invalid, NotFound, Refused, Unavailable
from rewards.ledger.accounts import holding_of
from rewards.ledger.models import Owner
from rewards.ledger.money import amount_text
from rewards.ledger.posting import Movement, post, reverse
from rewards.people.auditing import Done, record_deed
from rewards.people.locking import Person, lock_people
from rewards.people.models import Role, User
from rewards.people.queries import user_by_id
from rewards.people.zones import zone_at
from rewards.shop.facts import RedemptionSettled
from rewards.shop.models import Redemption, RedemptionStatus, Reward, RewardType
from rewards.shop.redeeming import ID_MAX, held_rewards, reference_of

NOTE_LENGTH_MAX = 500
PENDING, FULFILLED = RedemptionStatus.PENDING, RedemptionStatus.FULFILLED
REJECTED, CANCELLED = RedemptionStatus.REJECTED, RedemptionStatus.CANCELLED
REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of many: the redemption as it is now, or why not."""

    redemption_id: int
    redemption: Redemption | None
    refusal: DomainError | None


def fulfil(*, redemption_id: int, actor: User, note: str = "") -> Redemption:
    """It was handed out: cashback is paid, a code shows itself. Done again, it changes nothing.

    Raises NotFound, Invalid, Refused (`already_...`).
    """
    redemption = _held(redemption_id, actor)
    _check_note(note)
    if redemption.status == FULFILLED:
        return redemption
    _settle(redemption, FULFILLED, actor, note)
    hand_out(redemption, actor_id=actor.id)
    _tell(redemption, FULFILLED, actor.id, {"status": PENDING})
    return redemption


def fulfil_many(*, redemption_ids: Iterable[int], actor: User) -> list[Outcome]:
    """Each by itself: what is refused keeps none of the others. In the order of the ids that were given."""
    outcomes: dict[int, Outcome] = {}
    wanted = list(dict.fromkeys(redemption_ids))
    # People are held in the order of their ids, whatever order the redemptions have.
    lock_people(_people_of(wanted))
    for redemption_id in wanted:
        try:
            with sql.savepoint("one_of_many"):
                outcomes[redemption_id] = Outcome(redemption_id, fulfil(redemption_id=redemption_id, actor=actor), None)
        except Unavailable:
            raise
        except DomainError as refusal:
            outcomes[redemption_id] = Outcome(redemption_id, None, refusal)
    for outcome in outcomes.values():
        if outcome.redemption is not None:
            # A refusal after it has let the session forget what it read.
            db.session.refresh(outcome.redemption)
    return list(outcomes.values())


def reopen(*, redemption_id: int, actor: User) -> Redemption:
    """It was not handed out after all, and waits again. Raises NotFound, Refused (`already_...`, `cashback_spent` with the gap)."""
    redemption = _held(redemption_id, actor)
    if redemption.status == PENDING:
        return redemption
    if redemption.status != FULFILLED:
        raise _already(redemption, actor)
    _take_cashback_back(redemption, actor)
    redemption.status, redemption.settled_at, redemption.settled_by, redemption.coach_note = PENDING, None, None, ""
    db.session.flush()
    _tell(redemption, REOPENED, actor.id, {"status": FULFILLED})
    return redemption


def reject(*, redemption_id: int, actor: User, reason: str) -> Redemption:
    """It is not handed out, and `reason` says why; points, stock and code go back. Raises NotFound, Invalid, Refused (`already_...`)."""
    if not reason.strip():
        raise Invalid.single("reason", f"1 to {NOTE_LENGTH_MAX} characters that say why", reason)
    redemption = _held(redemption_id, actor)
    _check_note(reason)
    if redemption.status == REJECTED:
        return redemption
    come_to_nothing(redemption, REJECTED, actor, reason)
    return redemption


def cancel(*, redemption_id: int, actor: User) -> Redemption:
    """Whoever redeemed it does not want it any more; points, stock and code go back. Raises NotFound, Refused (`already_...`)."""
    redemption = _held(redemption_id, actor, own=True)
    if redemption.status == CANCELLED:
        return redemption
    come_to_nothing(redemption, CANCELLED, actor, "")
    return redemption


def hand_out(redemption: Redemption, *, actor_id: int | None) -> None:
    """What follows from its being handed out: a code is seen, cashback is paid. The person is held."""
    sql.run("UPDATE voucher_codes SET shown = 1 WHERE redemption_id = ?", (redemption.id,))
    if redemption.type != RewardType.CASHBACK or not redemption.value_minor or not redemption.currency:
        return
    earlier = sql.value("SELECT count(*) FROM transfers WHERE reference = ? AND asset <> 'points'", (reference_of(redemption),))
    movement = Movement(
        holding=holding_of(redemption.user_id, redemption.currency),
        counterpart=Owner.ISSUED,
        amount=redemption.value_minor,
        reason=f"Cashback: {redemption.name}",
        # It is paid again after it was taken back.
        idempotency_key=f"cashback:{redemption.id}:{earlier}",
        actor_id=actor_id,
        reference=reference_of(redemption),
    )
    post([movement])


def _people_of(redemption_ids: Iterable[int]) -> list[int]:
    ids = [redemption_id for redemption_id in redemption_ids if 0 < redemption_id < ID_MAX]
    return list(db.session.scalars(select(Redemption.user_id).where(Redemption.id.in_(ids))))


def _held(redemption_id: int, actor: User, *, own: bool = False) -> Redemption:
    """The redemption as it is, its person held. Raises NotFound where it is not the actor's to settle, as where there is none."""
    people = lock_people(_people_of([redemption_id]))
    redemption = db.session.get(Redemption, redemption_id, populate_existing=True) if people else None
    if redemption is None or not _may_settle(actor, people[redemption.user_id], own=own):
        raise NotFound(f"redemption {redemption_id}")
    return redemption


def _may_settle(actor: User, person: Person, *, own: bool) -> bool:
    if own:
        return actor.id == person.id
    return actor.role == Role.ADMIN or (actor.role == Role.COACH and person.coach_id == actor.id)


def _settle(redemption: Redemption, status: RedemptionStatus, actor: User | None, note: str) -> None:
    """From pending to something else, once. Raises Refused where it is something else already."""
    columns = {"status": status, "settled_at": clock.now(), "settled_by": actor.id if actor else None, "coach_note": note.strip()}
    # The condition stands in the statement itself, whoever holds what.
    pending = update(Redemption).where(Redemption.id == redemption.id, Redemption.status == PENDING).values(**columns)
    if db.session.execute(pending).rowcount == 0:  # type: ignore[attr-defined]  # An UPDATE has a row count.
        raise _already(redemption, actor)


def come_to_nothing(redemption: Redemption, status: RedemptionStatus, actor: User | None, note: str) -> None:
    """From pending to that, once, and what it took goes back. The person is held. Raises Refused."""
    actor_id = actor.id if actor else None
    _settle(redemption, status, actor, note)
    _give_back(redemption, f"Points back: {redemption.name}", actor_id)
    _tell(redemption, status, actor_id, {"status": PENDING})


def settled(redemption: Redemption, outcome: str, actor_id: int | None) -> RedemptionSettled:
    """The fact that it came to that, now."""
    return RedemptionSettled(
        redemption_id=redemption.id,
        user_id=redemption.user_id,
        reward_id=redemption.reward_id,
        name=redemption.name,
        points=redemption.points,
        outcome=outcome,
        actor_id=actor_id,
        note=redemption.coach_note,
        at=clock.now(),
    )


def _tell(redemption: Redemption, outcome: str, actor_id: int | None, before: dict[str, str]) -> None:
    after = {"status": redemption.status, "reward_id": redemption.reward_id, "points": redemption.points}
    deed = Done(f"redemption_{outcome}", "redemption", redemption.id, before, after, redemption.coach_note)
    record_deed(deed, actor_id=actor_id)
    announce([settled(redemption, outcome, actor_id)])


def _give_back(redemption: Redemption, reason: str, actor_id: int | None) -> None:
    """Stock, code and points go back, each once: the status has changed for good, and a transfer is reversed once."""
    reward = held_rewards([redemption.reward_id])[redemption.reward_id]
    # A code that somebody has seen is not put back for somebody else.
    freed = sql.value("SELECT 1 FROM voucher_codes WHERE redemption_id = ? AND shown = 0", (redemption.id,))
    sql.run("UPDATE voucher_codes SET redemption_id = NULL WHERE redemption_id = ?", (redemption.id,))
    if freed if reward.pooled else reward.stock is not None:
        db.session.execute(update(Reward).where(Reward.id == reward.id).values(stock=Reward.stock + 1))
    if redemption.points:
        paid = sql.value("SELECT id FROM transfers WHERE idempotency_key = ?", (reference_of(redemption),))
        reverse(transfer_id=paid, actor_id=actor_id, reason=reason)


def _take_cashback_back(redemption: Redemption, actor: User) -> None:
    standing = (
        "SELECT t.id FROM transfers t WHERE t.reference = ? AND t.asset <> 'points' AND t.reverses_id IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM transfers r WHERE r.reverses_id = t.id)"
    )
    for (transfer_id,) in sql.rows(standing, (reference_of(redemption),)):
        try:
            reverse(transfer_id=transfer_id, actor_id=actor.id, reason=f"Cashback taken back: {redemption.name}")
        except Refused as refusal:
            currency, gap = redemption.currency or "", refusal.gap.get(redemption.currency or "")
            missing = f"{amount_text(currency, gap)} {currency}" if isinstance(gap, int) else "some of it"
            raise Refused("cashback_spent", f"Its cashback has been spent: {missing} is missing.", **refusal.gap) from None


def _already(redemption: Redemption, asker: User | None) -> Refused:
    """Who did what when, on the clock of whoever asks."""
    at, done = redemption.settled_at, redemption.status
    settler = user_by_id(redemption.settled_by) if redemption.settled_by is not None else None
    by = f" by {'you' if asker and asker.id == settler.id else settler.name}" if settler else ""
    when = ""
    if at is not None and asker is not None:
        local = at.astimezone(zone_at(asker, at))
        when = f" on {local.day} {local:%B %Y} at {local:%H:%M}"
    gap = {"by": settler.name if settler else None, "at": time_text(at) if at else None}
    return Refused(f"already_{done}", f"This was {done} already{by}{when}.", **gap)


def _check_note(note: str) -> None:
    if len(note) > NOTE_LENGTH_MAX or any(not letter.isprintable() and letter not in "\n\t\r" for letter in note):
        raise Invalid.single("note", f"at most {NOTE_LENGTH_MAX} characters", note[:60])
