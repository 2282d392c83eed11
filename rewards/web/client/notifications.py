"""What happened to a client that they may want to know: levels and achievements, the unread ones first."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from rewards.web.access import me
from rewards.web.answering import answer
from rewards.web.client.desk import Desk

notifications = Blueprint("notifications", __name__, url_prefix="/notifications")

PAGE_ROWS = 25


@dataclass(frozen=True, slots=True)
class Notification:
    """One thing that happened, and where there is more about it."""

    at: datetime
    title: str
    text: str
    symbol: str
    address: str
    is_read: bool


@notifications.get("")
def show() -> ResponseReturnValue:
    """A page of them; `?page=2` shows what comes after the first."""
    desk = Desk(me())
    page = max(request.args.get("page", 1, type=int), 1)
    told = notifications_of(desk)
    first = (min(page, 10_000) - 1) * PAGE_ROWS
    rows = told[first : first + PAGE_ROWS]
    return answer("client/notifications.html", desk=desk, rows=rows, page=page, has_more=len(told) > first + PAGE_ROWS)


def notifications_of(desk: Desk) -> list[Notification]:
    """All of them; there are never more than the programme has levels and achievements."""
    levels = [
        Notification(reach.reached_at, f"You reached {reach.name}", "", "rosette", "/client/progress#ladder-title", reach.is_seen)
        for reach in desk.reaches
    ]
    unlocks = [
        Notification(
            unlock.unlocked_at,
            f"You unlocked {desk.achievement_name(unlock.achievement)}",
            f"Given by {unlock.awarded_by}" if unlock.awarded_by else "",
            "award",
            f"/client/achievements#achievement-{unlock.achievement}",
            unlock.is_seen,
        )
        for unlock in desk.unlocks
    ]
    return sorted([*levels, *unlocks], key=lambda one: (not one.is_read, one.at), reverse=True)
