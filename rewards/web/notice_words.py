"""Says a notice in words: one short line, what else there is to know, and where there is more. Each kind has one function."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from rewards.earning.compiled import Programme
from rewards.kit.database import db
from rewards.kit.values import readable
from rewards.ledger.models import POINTS, XP
from rewards.messages.notices import NoticeLine
from rewards.messages.noticing import NoticeKind
from rewards.messages.redemption_wording import BECAME
from rewards.people.models import User
from rewards.web.words import MINUS, Words

About = Mapping[str, Any]
# Of whom a notice may tell.
PEOPLE = ("awarded_by", "actor_id", "client_id")


@dataclass(frozen=True, slots=True)
class Told:
    """A notice in words; `path` leads to more about it, inside the pages of whoever reads it."""

    title: str
    text: str
    symbol: str
    path: str


@dataclass(frozen=True, slots=True)
class Notification:
    """A line of the list."""

    id: int
    at: datetime
    told: Told
    is_read: bool


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom it is told to, and what their programme and its people are called."""

    reader: User
    words: Words
    programme: Programme
    names: Mapping[int, str]

    def name_of(self, user_id: Any) -> str:
        """Whoever that is."""
        return self.names.get(user_id, "Somebody")

    def activity_name(self, key: str) -> str:
        """What to call an activity, registered or not."""
        known = self.programme.activities.get(key)
        return known.name if known else readable(key)

    def signed(self, asset: str, amount: int) -> str:
        """+20 XP; a true minus sign before 20 points; money as it is written."""
        if asset in (XP, POINTS):
            return f"{self.words.signed(amount)} {'XP' if asset == XP else self.programme.settings.points_word}"
        return f"{MINUS if amount < 0 else '+'}{self.words.money(asset, abs(amount))}"

    def points(self, amount: int) -> str:
        """150 points."""
        return f"{self.words.number(amount)} {self.programme.settings.points_word}"


def notifications(reader: User, words: Words, programme: Programme, lines: Iterable[NoticeLine]) -> list[Notification]:
    """These lines in words, in their order."""
    lines = list(lines)
    telling = Telling(reader, words, programme, _names_in(lines))
    return [Notification(line.id, line.created_at, told(telling, line.kind, line.about), line.seen_at is not None) for line in lines]


def told(telling: Telling, kind: str, about: About) -> Told:
    """One notice in words. What nobody has words for is still no reason for a page to fail."""
    return TELLERS.get(kind, _something)(telling, about)


def _names_in(lines: list[NoticeLine]) -> dict[int, str]:
    ids = {line.about[member] for line in lines for member in PEOPLE if line.about.get(member) is not None}
    return {row.id: row.name for row in db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))} if ids else {}


def _sentences(*parts: str | None) -> str:
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)


def _level(telling: Telling, about: About) -> Told:
    return Told(f"You reached {about['name']}", "", "rosette", "/progress#ladder-title")


def _achievement(telling: Telling, about: About) -> Told:
    key = about["achievement"]
    known = next((one.name for one in telling.programme.achievements if one.key == key), readable(key))
    giver = f"Given by {telling.name_of(about['awarded_by'])}" if "awarded_by" in about else None
    return Told(f"You unlocked {known}", _sentences(giver, about.get("note")), "award", f"/achievements#achievement-{key}")


def _streak(telling: Telling, about: About) -> Told:
    return Told(f"{telling.words.number(about['days'])} days in a row", "", "flame", "/progress")


def _undone(telling: Telling, about: About) -> Told:
    who = f"By {telling.name_of(about['actor_id'])}" if "actor_id" in about else None
    name = telling.activity_name(about["activity"])
    return Told(f"{name} was undone", _sentences(about.get("reason"), who), "arrow-back-up", f"/log/{about['event_id']}")


def _answered(telling: Telling, about: About) -> Told:
    title = f"An answer about {telling.activity_name(about['activity'])}"
    text = _sentences(about["answer"], f"By {telling.name_of(about['actor_id'])}")
    return Told(title, text, "info-circle", f"/questions#question-{about['question_id']}")


def _adjustment(telling: Telling, about: About) -> Told:
    giver = f"By {telling.name_of(about['actor_id'])}" if "actor_id" in about else None
    return Told(telling.signed(about["asset"], about["amount"]), _sentences(about["reason"], giver), "adjustments", "/progress")


def _requested(telling: Telling, about: About) -> Told:
    who, price = telling.name_of(about["client_id"]), telling.points(about["points"]) if about["points"] else "A gift"
    return Told(f"{who} redeemed {about['reward']}", _sentences(price), "gift", f"/redemptions#redemption-{about['redemption_id']}")


def _given(telling: Telling, about: About) -> Told:
    return Told(f"You were given {about['reward']}", "", "gift", f"/redemptions/{about['redemption_id']}")


def _settled(telling: Telling, about: About) -> Told:
    reward, outcome, note = about["reward"], about["outcome"], about.get("note")
    if "client_id" in about:
        who = telling.name_of(about["client_id"])
        title = f"{who} cancelled {reward}" if outcome == "cancelled" else f"{reward} for {who} was not handed over in time"
        return Told(title, "The points went back.", "gift", "/redemptions")
    became, _ = BECAME.get(outcome, (f"{{reward}}: {readable(outcome)}", None))
    title = became.format(reward=reward)
    is_back = about["points"] and outcome not in ("fulfilled", "reopened")
    more = f"{telling.points(about['points'])} came back to you" if is_back else None
    return Told(title, _sentences(note, more), "gift", f"/redemptions/{about['redemption_id']}")


def _something(telling: Telling, about: About) -> Told:
    return Told("Something changed", "", "bell", "")


TELLERS: Mapping[str, Callable[[Telling, About], Told]] = {
    NoticeKind.LEVEL_REACHED: _level,
    NoticeKind.ACHIEVEMENT_UNLOCKED: _achievement,
    NoticeKind.STREAK_REACHED: _streak,
    NoticeKind.EVENT_UNDONE: _undone,
    NoticeKind.QUESTION_ANSWERED: _answered,
    NoticeKind.BALANCE_ADJUSTED: _adjustment,
    NoticeKind.REDEMPTION_REQUESTED: _requested,
    NoticeKind.REWARD_GIVEN: _given,
    NoticeKind.REDEMPTION_SETTLED: _settled,
}
