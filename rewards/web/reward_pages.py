"""Looking after rewards, for coaches and admins alike: a coach makes, changes and takes away their own, an admin everybody's."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from rewards.earning.in_force import programme_in_force
from rewards.kit.database import db
from rewards.kit.errors import DomainError, Invalid, NotFound, Refused
from rewards.kit.pictures import FILE_BYTES_MAX
from rewards.people.models import User
from rewards.shop.catalogue import Shelved, reward_of
from rewards.shop.models import Reward
from rewards.shop.offering import (
    add_codes,
    add_reward,
    change_reward,
    may_change,
    picture_reward,
    remove_reward,
    switch_reward,
    take_out_codes,
)
from rewards.web import reward_forms as form
from rewards.web.access import home_of, me
from rewards.web.answering import answer, wants_part
from rewards.web.media import forget_picture, keep_picture
from rewards.web.redemption_words import TYPES, limit_told
from rewards.web.refusing import problems_of
from rewards.web.reward_lists import Shelf
from rewards.web.security import sent_file, takes_file
from rewards.web.typed import Typed
from rewards.web.words import words_for

TOLD = {"made": "Made. It is on the shelf.", "changed": "Saved.", "removed": "Taken away.", "off": "Switched off."}


@dataclass(frozen=True, slots=True)
class Upload:
    """What a form does to the picture: another one, none any more, or neither."""

    name: str | None
    is_changed: bool


def reward_pages(audience: str) -> Blueprint:
    """The pages below `/<audience>/rewards`."""
    pages = Blueprint(f"{audience}_rewards", __name__, url_prefix="/rewards")
    pages.get("")(show)
    pages.get("/effort")(show_effort)
    pages.get("/create")(ask_for_reward)
    pages.post("/create")(create)
    pages.get("/<int:reward_id>/edit")(ask_for_changes)
    pages.post("/<int:reward_id>/edit")(change)
    pages.get("/<int:reward_id>/deletion")(ask_to_remove)
    pages.post("/<int:reward_id>")(remove_by_form)
    pages.delete("/<int:reward_id>")(remove)
    pages.post("/<int:reward_id>/deactivation")(switch_off)
    return pages


def show() -> ResponseReturnValue:
    """Their own and everybody's; `?told=WHAT` says what was done."""
    return answer(
        "parts/rewards.html",
        "listing",
        **_frame(),
        shelf=Shelf(me(), request.args),
        told=TOLD.get(request.args.get("told", "")),
    )


def show_effort() -> ResponseReturnValue:
    """What somebody has to do for the points that are being typed."""
    if not wants_part():
        return redirect(f"{_place()}/create", 303)
    told = form.effort(form.cost_in(request.args), programme_in_force(), words_for(me()))
    return answer("parts/reward.html", "effort", effort=told)


def ask_for_reward() -> ResponseReturnValue:
    """The form for a new one."""
    return _form(form.empty_form(), {})


@takes_file(FILE_BYTES_MAX)
def create() -> ResponseReturnValue:
    """A new one: a coach's for the coach's clients, an admin's for everybody."""
    typed, content, actor = Typed(request.form), sent_file("picture", FILE_BYTES_MAX), me()
    try:
        document, codes = form.read_reward(typed)
        upload = _upload(content, typed)
        with _forgotten_on_refusal(upload), db.write():
            made = add_reward(reward=document, actor=actor)
            _finish(made.id, typed, codes, upload, actor)
    except Invalid as error:
        return _form(typed, problems_of(error), status=422)
    return _done("made")


def ask_for_changes(reward_id: int) -> ResponseReturnValue:
    """The form with what holds now; for a coach, a System one is read only."""
    shelved = reward_of(me(), reward_id)
    if not may_change(me(), shelved.reward):
        return _read_only(shelved)
    return _form(form.form_of(shelved.reward, programme_in_force()), {}, shelved)


@takes_file(FILE_BYTES_MAX)
def change(reward_id: int) -> ResponseReturnValue:
    """Change one that is theirs to change."""
    typed, content, actor = Typed(request.form), sent_file("picture", FILE_BYTES_MAX), me()
    shelved = _own(reward_id)
    old_picture = shelved.reward.picture
    try:
        document, codes = form.read_reward(typed, shelved.reward)
        upload = _upload(content, typed)
        with _forgotten_on_refusal(upload), db.write():
            change_reward(reward_id=reward_id, reward=document, actor=actor)
            _finish(reward_id, typed, codes, upload, actor)
    except Invalid as error:
        return _form(typed, problems_of(error), _own(reward_id), status=422)
    if upload.is_changed:
        forget_picture(old_picture)
    return _done("changed")


def ask_to_remove(reward_id: int) -> ResponseReturnValue:
    """What taking it away would do; where somebody has redeemed it, switching it off is offered instead."""
    return _deletion(_own(reward_id), {})


def remove_by_form(reward_id: int) -> ResponseReturnValue:
    """What a form means by `_method`: browsers have no other way to send it."""
    if request.form.get("_method", "").upper() != "DELETE":
        abort(405)
    return remove(reward_id)


def remove(reward_id: int) -> ResponseReturnValue:
    """Take away one that nobody has redeemed."""
    shelved, actor = _own(reward_id), me()
    picture = shelved.reward.picture
    try:
        with db.write():
            remove_reward(reward_id=reward_id, actor=actor)
    except Refused as error:
        return _deletion(_own(reward_id), problems_of(error), status=409)
    forget_picture(picture)
    return _done("removed")


def switch_off(reward_id: int) -> ResponseReturnValue:
    """Nobody redeems it any more; whoever has it keeps it."""
    actor = me()
    with db.write():
        switch_reward(reward_id=reward_id, active=False, actor=actor)
    return _done("off")


def _place() -> str:
    return f"{home_of(me())}/rewards"


def _frame() -> dict[str, Any]:
    return {"frame": f"{me().role}/frame.html", "place": _place(), "audience": str(me().role)}


def _own(reward_id: int) -> Shelved:
    found = reward_of(me(), reward_id)
    if not may_change(me(), found.reward):
        raise NotFound(f"reward {reward_id}")
    return found


def _upload(content: bytes | None, typed: Typed) -> Upload:
    """The picture is read and kept before anything is written: nobody waits for somebody's photograph."""
    if content is None:
        return Upload(None, is_changed=bool(typed.get("no_picture")))
    return Upload(keep_picture(content), is_changed=True)


@contextmanager
def _forgotten_on_refusal(upload: Upload) -> Iterator[None]:
    """A picture that came with something that was refused belongs to nothing."""
    try:
        yield
    except DomainError:
        forget_picture(upload.name)
        raise


def _finish(reward_id: int, typed: Typed, codes: list[str], upload: Upload, actor: User) -> None:
    """What belongs to a reward beside its own row, in the same write block."""
    if typed.get("no_codes"):
        take_out_codes(reward_id=reward_id, actor=actor)
    if codes:
        add_codes(reward_id=reward_id, codes=codes, actor=actor)
    if upload.is_changed:
        picture_reward(reward_id=reward_id, picture=upload.name, alt=typed.text("picture_alt") or "", actor=actor)


def _done(told: str) -> ResponseReturnValue:
    address = f"{_place()}?told={told}"
    return ("", 204, {"HX-Redirect": address}) if wants_part() else redirect(address, 303)


def _form(typed: Mapping[str, Any], problems: Mapping[str, str], before: Shelved | None = None, status: int = 200) -> ResponseReturnValue:
    place = f"{_place()}/{before.reward.id}/edit" if before else f"{_place()}/create"
    reward: Reward | None = before.reward if before else None
    context = form.context_of(typed, problems, reward, viewer=me(), place=place, back=_place())
    return answer("parts/reward.html", "form", status=status, shelved=before, **{**_frame(), **context})


def _read_only(shelved: Shelved) -> ResponseReturnValue:
    reward = shelved.reward
    level = next((one.name for one in programme_in_force().ladder.levels if one.number == reward.level_number), None)
    limit = limit_told(reward) if reward.limit_count else None
    context: dict[str, Any] = {
        "reward": reward,
        "shelved": shelved,
        "level": level,
        "limit": limit,
        "words": words_for(me()),
        "types": TYPES,
    }
    return answer("parts/system_reward.html", shelf=Shelf(me(), {}), **_frame(), **context)


def _deletion(shelved: Shelved, problems: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    context = {"shelved": shelved, "reward": shelved.reward, "problems": problems, "words": words_for(me())}
    return answer("parts/reward_deletion.html", "dialog", status=status, **_frame(), **context)
