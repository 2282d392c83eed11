"""Takes subscribers of another system in, with the dates on which they joined there: the earlier one first, because that decides ties."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import select

from rewards.activities.reading_events import Columns, Line
from rewards.campaigns.joining import join
from rewards.campaigns.subscriber_models import Subscriber
from rewards.kit import clock, sql
from rewards.kit.database import db
from rewards.kit.errors import DomainError, Invalid, Problem, Unavailable
from rewards.kit.moments import read_moment
from rewards.people.joining import check_email, check_name

COLUMNS = Columns(("email", "name", "joined_at", "referred_by", "referral_code", "source"), ("email",))
# One write block: short enough that a page hardly waits.
PEOPLE = 25

Refuse = Callable[[int, Sequence[Problem]], None]


@dataclass(frozen=True, slots=True)
class Comer:
    """Somebody as a line of the file tells of them."""

    number: int
    address: str
    members: dict[str, Any]
    joined_at: datetime
    # The address of whoever brought them.
    referred_by: str | None


def comers_of(lines: Iterable[Line], refuse: Refuse) -> list[Comer]:
    """Who is in the file, in the order in which they joined; `refuse` is told the lines that cannot be read, and why."""
    now, found = clock.now(), []
    for line in lines:
        comer = _comer(line, now)
        if comer is None:
            refuse(line.number, line.problems)
        else:
            found.append(comer)
    return sorted(found, key=lambda comer: (comer.joined_at, comer.number))


def bring_in(
    comers: Sequence[Comer], *, waitlist_id: int, dry_run: bool, refuse: Refuse, advance: Callable[[int], None] | None = None
) -> Counter[str]:
    """Put them on the list in this order: how many are new, known, refused, and counted for whoever brought them. Outside of any block.

    Whoever imports vouches for the addresses: they count as verified, and nobody is asked to. A dry run writes nothing.
    """
    counts, rest, done = Counter[str](), iter(comers), 0
    if dry_run:
        with db.read():
            return _foresee(comers, waitlist_id)
    while chunk := list(islice(rest, PEOPLE)):
        with db.write():
            for comer in chunk:
                counts += _enter(comer, waitlist_id, refuse)
        done += len(chunk)
        if advance:
            advance(done)
    return counts


def _enter(comer: Comer, waitlist_id: int, refuse: Refuse) -> Counter[str]:
    code = comer.members.get("referral_code") or _code_of(comer.referred_by, waitlist_id)
    told = {name: comer.members.get(name, "") for name in ("email", "name", "source")}
    try:
        # Whatever was written for somebody who is refused after all goes with them.
        with sql.nested():
            joined = join(waitlist_id=waitlist_id, code=code, joined_at=comer.joined_at, trusted=True, **told)
    except Unavailable:
        raise
    except DomainError as refusal:
        refuse(comer.number, refusal.problems if isinstance(refusal, Invalid) else [Problem("", str(refusal))])
        return Counter({"refused": 1})
    if not joined.is_new:
        return Counter({"known": 1})
    return Counter({"new": 1, "counted": int(joined.referral == "counted")})


def _code_of(address: str | None, waitlist_id: int) -> str | None:
    mine = Subscriber.waitlist_id == waitlist_id, Subscriber.address == address
    return db.session.scalar(select(Subscriber.code).where(*mine)) if address else None


def _foresee(comers: Sequence[Comer], waitlist_id: int) -> Counter[str]:
    known = set(db.session.scalars(select(Subscriber.address).where(Subscriber.waitlist_id == waitlist_id)))
    new = {comer.address for comer in comers} - known
    return Counter({"new": len(new), "known": len(comers) - len(new)})


def _comer(line: Line, now: datetime) -> Comer | None:
    members = line.members
    line.problems += [Problem("email", "is missing")] if "email" not in members else []
    for name in COLUMNS.members:
        if not isinstance(members.get(name, ""), str):
            line.problems.append(Problem(name, "text is expected", members[name]))
    if line.problems:
        return None
    address = _checked(line, "email", check_email)
    if "name" in members:
        _checked(line, "name", check_name)
    referred_by = _checked(line, "referred_by", check_email) if "referred_by" in members else None
    joined_at = _moment(line, now)
    if line.problems or address is None or joined_at is None:
        return None
    return Comer(line.number, address, members, joined_at, referred_by)


def _checked(line: Line, name: str, check: Callable[[str], str]) -> str | None:
    try:
        return check(line.members[name])
    except Invalid as invalid:
        line.problems += [Problem(name, problem.message, problem.value) for problem in invalid.problems]
        return None


def _moment(line: Line, now: datetime) -> datetime | None:
    written = line.members.get("joined_at")
    if written is None:
        return now
    try:
        moment = read_moment(written)
    except ValueError as error:
        line.problems.append(Problem("joined_at", str(error), written))
        return None
    if moment > now:
        line.problems.append(Problem("joined_at", "a moment that is not in the future is expected", written))
        return None
    return moment
