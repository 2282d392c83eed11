"""Rules: what follows when something happens under conditions, read as sentences, tried in their order, edited row by row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from rewards.earning.documents import RuleDocument
from rewards.earning.in_force import programme_in_force
from rewards.earning.outcomes import Stacking
from rewards.kit import clock
from rewards.kit.errors import Invalid
from rewards.programme.rehearsals import latest
from rewards.programme.rulebook import DECISIONS_MAX, all_rules, hits_since, renumbered, rule_named
from rewards.shop.catalogue import reward_names
from rewards.web.access import me
from rewards.web.admin.rehearsing import drafted, dry_run, is_dry_run
from rewards.web.admin.rule_form import FIELDS, OUTCOMES, empty_form, form_of, read_rule, sent_form, taken
from rewards.web.admin.rule_telling import hints_about, name_of, said_before
from rewards.web.admin.saving import save
from rewards.web.answering import answer, wants_part
from rewards.web.condition_rows import LOOKS_AT, NAMED
from rewards.web.refusing import problems_of
from rewards.web.rule_parts import named_somehow
from rewards.web.rule_sentences import STACKING, Sentence, Teller
from rewards.web.typed import with_held
from rewards.web.words import words_for

rules = Blueprint("rules", __name__, url_prefix="/rules")

PLACE = "/admin/rules"
PAGE_ROWS = 25
HITS_FOR = timedelta(days=30)
REHEARSALS_SHOWN = 5
# How conditions are written here.
ROWS: Mapping[str, Any] = {
    "looks_at": list(LOOKS_AT.items()),
    "named": NAMED,
    "first_only": None,
    "field_example": "minutes",
    "conditions_hint": "For text that looks like a number write it in quotes: '10'.",
    "draft": f"{PLACE}/draft",
}
ASSETS = [("", "XP and points"), ("xp", "XP"), ("points", "Points")]


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule as the list shows it."""

    place: int
    rule: RuleDocument
    sentence: Sentence
    hits: int
    hints: list[str]


@rules.get("")
def show() -> ResponseReturnValue:
    """Every rule as a sentence, in the order in which they are tried."""
    return _show()


@rules.post("/<key>/activation")
def switch(key: str) -> ResponseReturnValue:
    """On or off."""
    before, is_on = rule_named(key), request.form.get("active") == "1"
    save("rules", before.model_copy(update={"active": is_on}), note=f"{name_of(before)} switched {'on' if is_on else 'off'}")
    return _show(switched=key) if wants_part() else redirect(f"{PLACE}?switched={key}", 303)


@rules.post("/<key>/position")
def move(key: str) -> ResponseReturnValue:
    """One place up or down among those that are tried."""
    ordered, moved = all_rules(), rule_named(key)
    at = ordered.index(moved)
    to = at - 1 if request.form.get("direction") == "up" else at + 1
    if 0 <= to < len(ordered):
        save("rules", *renumbered(ordered, at, to), note=f"{name_of(moved)} moved {'up' if to < at else 'down'}")
    return _show() if wants_part() else redirect(f"{PLACE}#rule-{key}", 303)


@rules.get("/create")
def ask_for_rule() -> ResponseReturnValue:
    """The form for a new one; `?draft=ID` goes on with what was rehearsed."""
    draft = drafted(RuleDocument)
    return _form(form_of(draft, _currency()) if draft else empty_form(), {})


@rules.post("/create")
def create() -> ResponseReturnValue:
    """A new rule."""
    typed = sent_form(request.form)
    try:
        rule = read_rule(typed, _currency())
        if any(other.key == rule.key for other in all_rules()):
            raise taken(rule.key)
        if is_dry_run():
            return dry_run("rules", rule, subject=f"Rule {name_of(rule)}", fields=FIELDS)
        save("rules", rule, note=f"New rule {name_of(rule)}", fields=FIELDS)
    except Invalid as error:
        return _form(typed, problems_of(error), status=422)
    return _saved(rule)


@rules.get("/<key>/edit")
def ask_for_changes(key: str) -> ResponseReturnValue:
    """The form with what holds now, and what held before."""
    rule = rule_named(key)
    return _form(form_of(drafted(RuleDocument) or rule, _currency()), {}, rule)


@rules.post("/<key>/edit")
def change(key: str) -> ResponseReturnValue:
    """Change a rule. What was decided stays; it holds from now on."""
    before, typed = rule_named(key), sent_form(request.form)
    try:
        rule = read_rule(typed, _currency(), before)
        if is_dry_run():
            return dry_run("rules", rule, subject=f"Rule {name_of(rule)}", fields=FIELDS)
        save("rules", rule, note=f"Changed {name_of(before)}", fields=FIELDS)
    except Invalid as error:
        return _form(typed, problems_of(error), before, status=422)
    return _saved(rule)


@rules.post("/draft")
def draft() -> ResponseReturnValue:
    """The form with a row more or one fewer, or what it says so far. Nothing is saved."""
    typed = sent_form(request.form)
    known = all_rules()
    before = next((rule for rule in known if rule.key == request.form.get("of")), None)
    blocks = {"conditions": ("conditions", "sentence"), "outcome": ("outcome_part", "sentence")}
    return _form(typed, {}, before, known=known, blocks=blocks.get(request.headers.get("HX-Target", ""), ("sentence",)))


def _show(*, switched: str | None = None) -> ResponseReturnValue:
    words, known = words_for(me()), all_rules()
    teller, hits = Teller(programme_in_force(), words), hits_since(clock.now() - HITS_FOR)
    page, search = max(request.args.get("page", 1, type=int), 1), request.args.get("q", "").strip()
    told = [(place, rule, teller.rule(rule)) for place, rule in enumerate(known, 1)]
    found = [one for one in told if search.casefold() in f"{name_of(one[1])} {one[2]}".casefold()]
    shown = found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    switched, saved = switched or request.args.get("switched"), request.args.get("saved")
    return answer(
        "admin/rules.html",
        "listing",
        rules=[Listed(place, rule, said, hits.by_rule.get(rule.key, 0), hints_about(rule, known)) for place, rule, said in shown],
        count=len(found),
        total=len(known),
        page=page,
        has_more=len(found) > page * PAGE_ROWS,
        search=search,
        hits=hits,
        rehearsals=latest(REHEARSALS_SHOWN),
        decisions_max=DECISIONS_MAX,
        name=name_of,
        switched=next((rule for rule in known if rule.key == switched), None),
        saved=next(((rule, said) for _, rule, said in told if rule.key == saved), None),
        words=words,
    )


def _form(
    typed: Mapping[str, Any],
    problems: Mapping[str, str],
    before: RuleDocument | None = None,
    *,
    status: int = 200,
    known: Sequence[RuleDocument] | None = None,
    blocks: tuple[str, ...] = ("form",),
) -> ResponseReturnValue:
    words, programme = words_for(me()), programme_in_force()
    teller = Teller(programme, words)
    written = _draft(typed, before)
    currency = programme.settings.currency
    return answer(
        "admin/rule.html",
        *blocks,
        status=status,
        beside=len(blocks) > 1,
        typed=typed,
        problems=problems,
        rule=before,
        name=name_of,
        sentence=teller.rule(written) if written else None,
        hints=hints_about(written, known if known is not None else all_rules()) if written else [],
        history=said_before(before, teller) if before and not wants_part() else [],
        words=words,
        currency=currency,
        activities=[("", "Any activity"), *_activities(str(typed.get("activity") or ""))],
        counted=[("", "Choose"), *_activities("")],
        categories=with_held(((one.key, one.name) for one in programme.categories.values()), _held(before, "categories", "category")),
        achievements=with_held([("", "Choose"), *((one.key, one.name) for one in programme.achievements)], _held(before, "achievement")),
        rewards=[("", "Choose"), *reward_names()],
        assets=with_held([*ASSETS, (currency, f"Money ({currency})")], _held(before, "asset")),
        stackings=[(str(one), STACKING[one].capitalize()) for one in Stacking],
        outcomes=OUTCOMES,
        **ROWS,
        place=f"{PLACE}/{before.key}/edit" if before else f"{PLACE}/create",
    )


def _held(before: RuleDocument | None, *members: str) -> list[str]:
    """What the outcome of a rule names now, known or not."""
    found = [getattr(before.outcome, member, None) for member in members] if before else []
    return [key for one in found for key in ([one] if isinstance(one, str) else one or ())]


def _draft(typed: Mapping[str, Any], before: RuleDocument | None) -> RuleDocument | None:
    """What is typed, as a rule; None as long as something in it is wrong."""
    try:
        return read_rule(named_somehow(typed), _currency(), before)
    except Invalid:
        return None


def _activities(chosen: str) -> list[tuple[str, str]]:
    known = {one.key: one.name for one in programme_in_force().activities.values()}
    gone = [(chosen, chosen)] if chosen and chosen not in known else []
    return [*sorted(known.items(), key=lambda pair: pair[1].casefold()), *gone]


def _saved(rule: RuleDocument) -> ResponseReturnValue:
    address = f"{PLACE}?saved={rule.key}"
    return ("", 204, {"HX-Redirect": address}) if wants_part() else redirect(address, 303)


def _currency() -> str:
    return programme_in_force().settings.currency
