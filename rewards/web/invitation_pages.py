"""Inviting, for coaches and admins alike: many addresses at once, each sent or refused by itself, and what is still open."""

from dataclasses import dataclass, field

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from rewards.kit.database import db
from rewards.kit.errors import Forbidden, Invalid, Refused
from rewards.people.invitations_listing import open_invitation, open_invitations
from rewards.people.inviting import invite, withdraw_invitation
from rewards.people.models import Role, User
from rewards.people.queries import coaches
from rewards.web.access import me
from rewards.web.answering import answer
from rewards.web.words import words_for

LINES_MAX = 50
ROLES = ((Role.CLIENT, "Client"), (Role.COACH, "Coach"), (Role.ADMIN, "Admin"))


@dataclass(slots=True)
class Sending:
    """What became of the lines that were typed."""

    sent: list[str] = field(default_factory=list)
    # The line, and why it was refused.
    refused: dict[str, str] = field(default_factory=dict)


def invitation_pages(audience: str) -> Blueprint:
    """The pages below `/<audience>/invitations`."""
    pages = Blueprint(f"{audience}_invitations", __name__, url_prefix="/invitations")
    place = f"/{audience}/invitations"

    @pages.get("")
    def show() -> ResponseReturnValue:
        return _page(audience, {}, {})

    @pages.post("")
    def add() -> ResponseReturnValue:
        typed = {name: request.form.get(name, "").strip() for name in ("emails", "role", "coach")}
        lines = [line.strip() for line in typed["emails"].replace(",", "\n").splitlines() if line.strip()]
        if not 0 < len(lines) <= LINES_MAX:
            return _page(audience, typed, {"emails": f"Enter 1 to {LINES_MAX} e-mail addresses, one on each line."}, status=422)
        sending = _send(me(), lines, typed)
        if sending.refused:
            # Only what was refused stays in the field: the others are on their way.
            typed["emails"] = "\n".join(sending.refused)
            told = {"emails": " ".join(f"{line}: {why}" for line, why in sending.refused.items())}
            return _page(audience, typed, told, status=422, sent=sending.sent)
        return redirect(f"{place}?sent={len(sending.sent)}", 303)

    @pages.post("/<int:invitation_id>/withdrawal")
    def withdraw(invitation_id: int) -> ResponseReturnValue:
        open_invitation(me(), invitation_id)
        with db.write():
            withdraw_invitation(invitation_id=invitation_id, actor_id=me().id)
        return redirect(place, 303)

    @pages.post("/<int:invitation_id>/repetition")
    def repeat(invitation_id: int) -> ResponseReturnValue:
        found = open_invitation(me(), invitation_id)
        with db.write():
            invite(email=found.email, role=found.role, actor_id=me().id, coach_id=found.coach_id)
        return redirect(f"{place}?sent=1", 303)

    return pages


def _send(actor: User, lines: list[str], typed: dict[str, str]) -> Sending:
    sending = Sending()
    # A coach's form has no such field; what is sent in its place is nobody's wish.
    role = typed["role"] or Role.CLIENT if actor.role == Role.ADMIN else Role.CLIENT
    coach_id = int(typed["coach"]) if role == Role.CLIENT and typed["coach"].isascii() and typed["coach"].isdigit() else None
    actor_id = actor.id
    with db.write():
        for line in dict.fromkeys(lines):
            try:
                invite(email=line, role=role, actor_id=actor_id, coach_id=coach_id)
            except (Invalid, Refused, Forbidden) as error:
                sending.refused[line] = error.problems[0].message if isinstance(error, Invalid) else str(error)
            else:
                sending.sent.append(line)
    return sending


def _page(
    audience: str, typed: dict[str, str], problems: dict[str, str], *, status: int = 200, sent: list[str] | None = None
) -> ResponseReturnValue:
    count = len(sent) if sent else request.args.get("sent", default=0, type=int)
    return answer(
        "parts/invitations.html",
        "form",
        status=status,
        frame=f"{audience}/frame.html",
        audience=audience,
        typed=typed,
        problems=problems,
        sent=count,
        invitations=open_invitations(me()),
        roles=ROLES,
        coaches=[("", "Nobody yet"), *((coach.id, coach.name) for coach in coaches())] if audience == "admin" else [],
        words=words_for(me()),
    )
