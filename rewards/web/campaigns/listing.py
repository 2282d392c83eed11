"""The list of campaigns, and starting one from a preset: three that most people want."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue

from rewards.campaigns.documents import WaitlistDocument
from rewards.campaigns.models import Waitlist
from rewards.campaigns.offering_rewards import add_reward
from rewards.campaigns.overseeing import campaigns_of, counts_of, waitlists_of
from rewards.campaigns.planning import plan_campaign
from rewards.campaigns.presets import PRESETS
from rewards.campaigns.queries import waitlist_run_by
from rewards.campaigns.waiting import open_waitlist
from rewards.earning.documents import key_from
from rewards.kit.database import db
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.kit.values import storable_text
from rewards.people.models import User
from rewards.web.access import me
from rewards.web.answering import answer, leave_for
from rewards.web.campaigns.desk import frame_of, place_of
from rewards.web.campaigns.paging import page_of
from rewards.web.refusing import problems_of
from rewards.web.typed import Typed
from rewards.web.words import words_for

TEXT_LENGTH_MAX = 100
NAME_LENGTH_MAX = 100
VIEWS = {"": "All", "live": "Live", "paused": "Paused", "draft": "Draft", "ended": "Ended", "none": "Waitlists only"}
# What each preset is, and what the first of its kind is called.
KINDS = {
    "milestone": (
        "Milestone",
        "So many friends, something each time: 1, 5 and 10 to begin with. No ranking.",
        "stairs-up",
        "Bring your friends",
    ),
    "leaderboard": (
        "Leaderboard",
        "Points for joining and for each friend. The first ten win when it ends.",
        "trophy",
        "Friends challenge",
    ),
    "waitlist": ("Waitlist", "People wait for something, and move up by bringing others.", "list-check", "Early access"),
}


def show() -> ResponseReturnValue:
    """Theirs, what is live first; `?view=STATUS` and `?q=NAME` narrow it down."""
    viewer, asked = me(), request.args
    view = asked.get("view", "") if asked.get("view") in VIEWS else ""
    search = asked.get("q", "").strip()[:TEXT_LENGTH_MAX]
    counts = counts_of(viewer, search)
    return answer(
        "campaigns/campaigns.html",
        "listing",
        **page_of("rows", partial(campaigns_of, viewer, status=view, search=search)),
        search=search,
        view=view,
        is_empty=not any(counts.values()) and not search,
        tabs=_tabs(viewer, view, search, counts),
        address=lambda **changes: _address(viewer, **{"view": view, "q": search, **changes}),
        kinds=KINDS,
        words=words_for(viewer),
        **frame_of(viewer),
    )


def ask_for_campaign() -> ResponseReturnValue:
    """The form for a new one: `?preset=KIND`, and `?waitlist=ID` for the list that it is for."""
    kind = request.args.get("preset", "")
    _, _, _, name = KINDS.get(kind, KINDS["waitlist"])
    return _form({"preset": kind if kind in KINDS else "waitlist", "name": name, "waitlist": request.args.get("waitlist", "")}, {})


def create() -> ResponseReturnValue:
    """A draft, on a waitlist of its own or on one that is there."""
    typed, actor = Typed(request.form), me()
    try:
        name = _name(typed)
        with db.write():
            waitlist_id = _waitlist(typed, name, actor)
            draft = PRESETS[typed["preset"]](key_from(name)[:60], name)
            campaign = plan_campaign(waitlist_id=waitlist_id, document=draft, actor=actor)
            for reward in draft.rewards:
                add_reward(campaign_id=campaign.id, document=reward, actor=actor)
            made = campaign.id
    except (Invalid, Refused) as error:
        return _form(typed, problems_of(error), status=422)
    return leave_for(f"{place_of(actor)}/{made}?told=made")


def _name(typed: Typed) -> str:
    name = typed.text("name") or ""
    if not 0 < len(name) <= NAME_LENGTH_MAX:
        typed.problems["name"] = f"Enter a name of at most {NAME_LENGTH_MAX} characters."
    try:
        storable_text(name)
    except ValueError:
        typed.problems["name"] = "Some of these characters cannot be kept."
    if typed.get("preset") not in PRESETS:
        typed.problems["preset"] = "Choose what it begins as."
    typed.check()
    return name


def _waitlist(typed: Typed, name: str, actor: User) -> int:
    wanted = str(typed.get("waitlist", ""))
    if not wanted:
        document = WaitlistDocument.model_validate({"key": key_from(name)[:60], "name": name, "page": {"headline": name}})
        return int(open_waitlist(document=document, actor=actor).id)
    try:
        found: Waitlist = waitlist_run_by(actor, int(wanted) if wanted.isascii() and wanted.isdigit() else 0)
    except NotFound:
        raise Invalid.single("waitlist", "Choose one of your lists.", wanted) from None
    return found.id


def _form(typed: Mapping[str, Any], problems: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    viewer = me()
    lists = [("", "A new list"), *((str(one.id), one.name) for one in waitlists_of(viewer))]
    kinds = [(key, word, text) for key, (word, text, _, _) in KINDS.items()]
    return answer(
        "campaigns/creation.html",
        "form",
        status=status,
        typed=typed,
        problems=problems,
        lists=lists,
        kinds=kinds,
        **frame_of(viewer),
    )


def _tabs(viewer: User, view: str, search: str, counts: Mapping[str, int]) -> list[tuple[str, str, bool]]:
    shown = {"": sum(counts.values()), "none": counts.get("", 0)}
    shown |= {name: counts.get(name, 0) for name in VIEWS if name not in shown}
    # A view that never had anything in it is no choice.
    return [
        (_address(viewer, view=name, q=search), f"{word} {shown[name]}", name == view)
        for name, word in VIEWS.items()
        if shown[name] or name in ("", view)
    ]


def _address(viewer: User, **changes: Any) -> str:
    said = {name: str(value) for name, value in changes.items() if value}
    return f"{place_of(viewer)}?{urlencode(said)}" if said else place_of(viewer)
