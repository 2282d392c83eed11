"""The rules of a campaign: read as sentences in the order in which they are tried, edited row by row, for everybody or for a variant."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from rewards.campaigns.documents import CampaignDocument
from rewards.campaigns.rehearsing import Rehearsal, rehearse_rules
from rewards.campaigns.rule_documents import FIRST_ONLY, RULES_MAX, CampaignRule, Variant
from rewards.earning.in_force import programme_in_force
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.web.admin.rehearsing import is_dry_run
from rewards.web.answering import wants_part
from rewards.web.campaigns import rule_forms as form
from rewards.web.campaigns.confirming import Question
from rewards.web.campaigns.desk import Desk, Edit
from rewards.web.refusing import problems_of
from rewards.web.rule_parts import TAKEN
from rewards.web.rule_sentences import Sentence

# The campaign's own rules, beside those of its variants.
OWN = ""
# What is told anew when something is typed; what was rehearsed was another draft by then.
BLOCKS = {"conditions": ("conditions", "sentence", "rehearsal")}
# How conditions are written here.
ROWS: Mapping[str, Any] = {
    "looks_at": list(form.LOOKS_AT.items()),
    "named": (),
    "first_only": FIRST_ONLY,
    "field_example": "source",
    "conditions_hint": "With “is”, a number of referrals is a milestone: it pays once.",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A rule as the list shows it."""

    rule: CampaignRule
    sentence: Sentence
    address: str


def show(campaign_id: int) -> ResponseReturnValue:
    """Every rule as a sentence, for everybody and for each variant."""
    desk = Desk(campaign_id)
    books: list[tuple[Variant | None, Sequence[CampaignRule]]] = [(None, desk.rulebook.rules)]
    books += [(variant, variant.rules) for variant in desk.rulebook.variants]
    shares = 1 + sum(one.weight for one in desk.rulebook.variants)
    return desk.show("campaigns/rules.html", books=[(variant, _told(desk, variant, rules)) for variant, rules in books], shares=shares)


def ask_for_rule(campaign_id: int) -> ResponseReturnValue:
    """The form for a new one."""
    return _form(_open(campaign_id), form.empty_form(), {})


def create(campaign_id: int) -> ResponseReturnValue:
    """A new rule."""
    desk, typed = _open(campaign_id), form.sent_form(request.form)
    try:
        rule = form.read_rule(typed)
        edit = _edit(partial(_with, rule))
        if is_dry_run():
            return _form(desk, typed, {}, rehearsal=_rehearsed(desk, edit))
        desk.change(edit)
    except (Invalid, Refused) as error:
        return _form(Desk(campaign_id), typed, problems_of(error))
    return desk.leave("rules", "saved")


def ask_for_changes(campaign_id: int, key: str) -> ResponseReturnValue:
    """The form with what holds now."""
    desk = _open(campaign_id)
    rule = _rule(desk, key)
    return _form(desk, form.form_of(rule), {}, rule)


def change(campaign_id: int, key: str) -> ResponseReturnValue:
    """Change a rule. What was decided stays; it holds from now on."""
    desk, typed = _open(campaign_id), form.sent_form(request.form)
    before = _rule(desk, key)
    try:
        rule = form.read_rule(typed, before)
        edit = _edit(partial(_instead, rule))
        if is_dry_run():
            return _form(desk, typed, {}, before, rehearsal=_rehearsed(desk, edit))
        desk.change(edit)
    except (Invalid, Refused) as error:
        return _form(Desk(campaign_id), typed, problems_of(error), before)
    return desk.leave("rules", "saved")


def draft(campaign_id: int) -> ResponseReturnValue:
    """The form with a row more or one fewer, or what it says so far. Nothing is saved."""
    desk, typed = _open(campaign_id), form.sent_form(request.form)
    before = next((rule for rule in _rules(desk) if rule.key == request.form.get("of")), None)
    return _form(desk, typed, {}, before, blocks=BLOCKS.get(request.headers.get("HX-Target", ""), ("sentence", "rehearsal")))


def ask_to_remove(campaign_id: int, key: str) -> ResponseReturnValue:
    """What taking it away would do."""
    desk = _open(campaign_id)
    rule = _rule(desk, key)
    return Question(
        f"Take away “{rule.description or rule.key}”?",
        ["It decides nothing any more. What it has paid stays."],
        action=f"{desk.place}/rules/{key}/deletion{_query(desk)}",
        verb="Take away rule",
        back=f"{desk.place}/rules",
    ).ask(desk)


def remove(campaign_id: int, key: str) -> ResponseReturnValue:
    """Take one away."""
    desk = _open(campaign_id)
    _rule(desk, key)
    desk.change(_edit(lambda rules: [one for one in rules if one.key != key]))
    return desk.leave("rules", "removed")


def _open(campaign_id: int) -> Desk:
    """A campaign whose rules can still change, and a variant that is there."""
    desk = Desk(campaign_id)
    if desk.is_over:
        raise Refused("ended", f"{desk.campaign.name} has ended; what it said is what was played for.")
    wanted = request.args.get("variant", OWN)
    if wanted != OWN and all(one.key != wanted for one in desk.rulebook.variants):
        raise NotFound(f"variant {wanted}")
    return desk


def _rules(desk: Desk) -> list[CampaignRule]:
    return desk.rulebook.of(request.args.get("variant", OWN))


def _rule(desk: Desk, key: str) -> CampaignRule:
    found = next((rule for rule in _rules(desk) if rule.key == key), None)
    if found is None:
        raise NotFound(f"rule {key}")
    return found


def _with(rule: CampaignRule, rules: list[CampaignRule]) -> list[CampaignRule]:
    if any(one.key == rule.key for one in rules):
        raise Invalid.single("description", TAKEN)
    return [*rules, rule]


def _instead(rule: CampaignRule, rules: list[CampaignRule]) -> list[CampaignRule]:
    if all(one.key != rule.key for one in rules):
        raise NotFound(f"rule {rule.key}")
    return [rule if one.key == rule.key else one for one in rules]


def _rehearsed(desk: Desk, edit: Edit) -> Rehearsal:
    try:
        return rehearse_rules(desk.campaign, edit(desk.document).rulebook)
    except ValueError as error:
        raise Invalid.single("conditions_document", str(error)) from error


def _edit(change: Callable[[list[CampaignRule]], list[CampaignRule]]) -> Edit:
    """What it makes of the campaign's own rules, or of those of the variant that the address names."""
    wanted = request.args.get("variant", OWN)

    def edited(document: CampaignDocument) -> CampaignDocument:
        if wanted != OWN and all(one.key != wanted for one in document.variants):
            raise NotFound(f"variant {wanted}")
        rules = change(document.rulebook.of(wanted))
        if len(rules) > RULES_MAX:
            raise Invalid.single("", f"There are at most {RULES_MAX} rules. Take one away first.")
        if wanted == OWN:
            return document.model_copy(update={"rules": rules})
        variants = [one.model_copy(update={"rules": rules}) if one.key == wanted else one for one in document.variants]
        return document.model_copy(update={"variants": variants})

    return edited


def _told(desk: Desk, variant: Variant | None, rules: Sequence[CampaignRule]) -> list[Told]:
    teller = form.CampaignTeller(programme_in_force(), desk.words)
    query = f"?variant={variant.key}" if variant else ""
    ordered = sorted(rules, key=lambda one: (one.priority, one.key))
    return [Told(rule, teller.campaign_rule(rule), f"{desk.place}/rules/{rule.key}/edit{query}") for rule in ordered]


def _query(desk: Desk) -> str:
    wanted = request.args.get("variant", OWN)
    return f"?variant={wanted}" if wanted else ""


def _form(
    desk: Desk,
    typed: Mapping[str, Any],
    problems: Mapping[str, str],
    before: CampaignRule | None = None,
    *,
    blocks: tuple[str, ...] = ("form",),
    rehearsal: Rehearsal | None = None,
) -> ResponseReturnValue:
    written = form.draft_of(typed, before)
    teller = form.CampaignTeller(programme_in_force(), desk.words)
    wanted = request.args.get("variant", OWN)
    query = _query(desk)
    return desk.show(
        "campaigns/rule.html",
        *blocks,
        status=422 if problems else 200,
        beside="conditions" in blocks and wants_part(),
        clears="rehearsal" in blocks and wants_part(),
        typed=typed,
        problems=problems,
        rule=before,
        variant=next((one for one in desk.rulebook.variants if one.key == wanted), None),
        sentence=teller.campaign_rule(written) if written else None,
        events=[(event.value, words[0]) for event, words in form.EVENTS.items()],
        **ROWS,
        rehearsal=rehearsal,
        action=f"{desk.place}/rules/{before.key}/edit{query}" if before else f"{desk.place}/rules/create{query}",
        draft=f"{desk.place}/rules/draft{query}",
        removal=f"{desk.place}/rules/{before.key}/deletion{query}" if before else "",
    )
