"""What holds for the whole programme: its name and words, its colour, what the system says of itself."""

import platform
from importlib.metadata import version

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from rewards.activities.documents import ProgrammeSettings
from rewards.earning.in_force import programme_in_force
from rewards.kit.database import db
from rewards.kit.errors import Invalid
from rewards.kit.pictures import FILE_BYTES_MAX
from rewards.kit.written import read_part
from rewards.messages.queries import count_mails_by_state, mails
from rewards.messages.sending import retry_mail
from rewards.messages.writing import write_test_mail
from rewards.programme.changing import change_programme
from rewards.programme.document import ProgrammeDocument
from rewards.web.access import me
from rewards.web.answering import answer
from rewards.web.branding import forget_logo, keep_logo
from rewards.web.cities import zone_of
from rewards.web.security import sent_file, takes_file
from rewards.web.settings_words import settings_problems
from rewards.web.words import words_for

settings = Blueprint("settings", __name__, url_prefix="/settings")

PLACE = "/admin/settings"
PROGRAMME = ("name", "points_word", "currency", "timezone", "streak_activity", "backdating_days")
PAPERS = ("privacy", "terms", "contact")
MAY_BE_EMPTY = ("backdating_days", "accent", "logo", *PAPERS)
MAILS_SHOWN = 8


@settings.get("")
def show() -> ResponseReturnValue:
    """Every card, as it stands."""
    return _page()


@settings.post("/programme")
def change_words() -> ResponseReturnValue:
    """Name, words, currency, time zone, streak, back-dating."""
    return _change("programme", PROGRAMME)


@settings.post("/branding")
@takes_file(FILE_BYTES_MAX)
def change_branding() -> ResponseReturnValue:
    """The logo, and the colour of buttons and links."""
    before, kept = programme_in_force().settings.logo, None
    try:
        content = sent_file("logo", FILE_BYTES_MAX)
        # A picture takes its time, and nobody waits for it.
        kept = keep_logo(content) if content is not None else None
        logo = kept or (None if request.form.get("no_logo") else before)
        _save("branding", {"accent": request.form.get("accent", "").strip(), "logo": logo or ""})
    except Invalid as error:
        forget_logo(kept)
        return _refused("branding", {"accent": request.form.get("accent", "").strip()}, error)
    if logo != before:
        forget_logo(before)
    return _saved("branding")


@settings.post("/privacy")
def change_papers() -> ResponseReturnValue:
    """What is said about people's data, and by which rules they take part."""
    return _change("privacy", PAPERS)


@settings.post("/mail")
def send_test() -> ResponseReturnValue:
    """Mail something to whoever asks, to see whether mail arrives."""
    with db.write():
        write_test_mail(recipient=me().email)
    return redirect(f"{PLACE}?saved=mail#mail", 303)


@settings.post("/mail/<int:mail_id>/retry")
def send_again(mail_id: int) -> ResponseReturnValue:
    """Try a mail once more that was given up."""
    with db.write():
        retry_mail(mail_id=mail_id, actor_id=me().id)
    return redirect(f"{PLACE}#mail", 303)


def _change(card: str, names: tuple[str, ...]) -> ResponseReturnValue:
    typed = {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in names}
    try:
        _save(card, typed)
    except Invalid as error:
        return _refused(card, typed, error)
    return _saved(card)


def _save(card: str, typed: dict[str, str]) -> None:
    wanted = read_part(ProgrammeSettings, {name: _meant(name, text) for name, text in typed.items()})
    with db.write():
        change_programme(document=ProgrammeDocument(programme=wanted), actor_id=me().id, note=f"settings: {card}")


def _refused(card: str, typed: dict[str, str], error: Invalid) -> ResponseReturnValue:
    return _page(card, typed, settings_problems(error), status=422)


def _saved(card: str) -> ResponseReturnValue:
    return redirect(f"{PLACE}?saved={card}#{card}", 303)


def _meant(name: str, text: str) -> object:
    """A number where a number is meant, the zone of a city, and nothing where nothing was typed."""
    if name == "backdating_days" and text.isascii() and text.isdigit():
        return int(text)
    if name == "timezone":
        return zone_of(text)
    return text or None if name in MAY_BE_EMPTY else text


def _page(
    card: str = "", typed: dict[str, str] | None = None, problems: dict[str, str] | None = None, status: int = 200
) -> ResponseReturnValue:
    programme = programme_in_force()
    return answer(
        "admin/settings.html",
        status=status,
        values=programme.settings.model_dump() | (typed or {}),
        problems={card: problems or {}},
        saved=request.args.get("saved", ""),
        activities=[(key, activity.document.name) for key, activity in sorted(programme.activities.items())],
        system=_system(programme.version),
        mails=mails(limit=MAILS_SHOWN),
        counts=count_mails_by_state(),
        words=words_for(me()),
        me=me(),
    )


def _system(programme_version: int) -> dict[str, object]:
    return {
        "Version": version("laurel"),
        "Python": platform.python_version(),
        "Database": db.engine.dialect.name,
        "Version of the programme": programme_version,
    }
