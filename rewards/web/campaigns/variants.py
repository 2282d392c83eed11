"""Variants of a campaign's rules: other rules for a share of those who join, side by side with its own."""

from collections.abc import Mapping
from functools import partial

from flask import request
from flask.typing import ResponseReturnValue

from rewards.campaigns.documents import CampaignDocument
from rewards.campaigns.rule_documents import VARIANTS_MAX, Variant
from rewards.earning.documents import key_from
from rewards.kit.errors import Invalid, NotFound, Refused
from rewards.kit.written import read_part
from rewards.web.campaigns.confirming import Question
from rewards.web.campaigns.desk import Desk
from rewards.web.refusing import problems_of
from rewards.web.typed import Typed

FIELDS = {"name": "Enter a name of at most 100 characters.", "weight": "Enter a whole number from 1 to 100."}


def ask_for_variant(campaign_id: int) -> ResponseReturnValue:
    """The form for a new one."""
    return _form(Desk(campaign_id), {"weight": "1"}, {})


def create(campaign_id: int) -> ResponseReturnValue:
    """A new one, with the campaign's own rules to begin with."""
    desk, typed = Desk(campaign_id), Typed(request.form)
    try:
        made = _read(typed, Variant(key="new"), key_from(typed.text("name") or "variant")[:60])
        desk.change(partial(_with, made))
    except (Invalid, Refused) as error:
        return _form(Desk(campaign_id), typed, problems_of(error, FIELDS), status=422)
    return desk.leave("rules", "saved")


def ask_for_changes(campaign_id: int, key: str) -> ResponseReturnValue:
    """The form with what holds now."""
    desk = Desk(campaign_id)
    found = _variant(desk, key)
    return _form(desk, {"name": found.name or found.key, "weight": str(found.weight)}, {}, found)


def change(campaign_id: int, key: str) -> ResponseReturnValue:
    """Another name, another share: of those who join from now on."""
    desk, typed = Desk(campaign_id), Typed(request.form)
    before = _variant(desk, key)
    try:
        changed = _read(typed, before, before.key)
        desk.change(partial(_instead, changed))
    except (Invalid, Refused) as error:
        return _form(Desk(campaign_id), typed, problems_of(error, FIELDS), before, status=422)
    return desk.leave("rules", "saved")


def ask_to_remove(campaign_id: int, key: str) -> ResponseReturnValue:
    """What taking it away would do."""
    desk = Desk(campaign_id)
    found = _variant(desk, key)
    said = ["Whoever has it goes on by the campaign's own rules. What it has paid stays, and it is no longer compared."]
    action = f"{desk.place}/rules/variants/{key}/deletion"
    title = f"Take away variant {found.name or found.key}?"
    return Question(title, said, action, "Take away variant", f"{desk.place}/rules").ask(desk)


def remove(campaign_id: int, key: str) -> ResponseReturnValue:
    """Take one away."""
    desk = Desk(campaign_id)
    _variant(desk, key)
    desk.change(lambda document: document.model_copy(update={"variants": [one for one in document.variants if one.key != key]}))
    return desk.leave("rules", "removed")


def _variant(desk: Desk, key: str) -> Variant:
    found = next((one for one in desk.rulebook.variants if one.key == key), None)
    if found is None:
        raise NotFound(f"variant {key}")
    return found


def _read(typed: Typed, before: Variant, key: str) -> Variant:
    name, weight = typed.text("name"), typed.whole("weight")
    if name is None:
        typed.problems["name"] = FIELDS["name"]
    if weight is None:
        typed.problems["weight"] = FIELDS["weight"]
    typed.check()
    # Where it has none, the form shows its key.
    shown = before.name if name == (before.name or before.key) else name
    return read_part(Variant, {"key": key, "name": shown, "weight": weight, "rules": before.rules})


def _with(made: Variant, document: CampaignDocument) -> CampaignDocument:
    """With one more, which begins with the campaign's own rules."""
    if any(one.key == made.key for one in document.variants):
        raise Invalid.single("name", "Another variant is called so.")
    if len(document.variants) >= VARIANTS_MAX:
        raise Invalid.single("name", f"A campaign has at most {VARIANTS_MAX} variants.")
    return document.model_copy(update={"variants": [*document.variants, made.model_copy(update={"rules": document.rules})]})


def _instead(changed: Variant, document: CampaignDocument) -> CampaignDocument:
    """With this name and share for it; its rules are changed elsewhere."""
    if all(one.key != changed.key for one in document.variants):
        raise NotFound(f"variant {changed.key}")
    told = {"name": changed.name, "weight": changed.weight}
    variants = [one.model_copy(update=told) if one.key == changed.key else one for one in document.variants]
    return document.model_copy(update={"variants": variants})


def _form(
    desk: Desk, typed: Mapping[str, object], problems: Mapping[str, str], before: Variant | None = None, status: int = 200
) -> ResponseReturnValue:
    action = f"{desk.place}/rules/variants/{before.key}/edit" if before else f"{desk.place}/rules/variants/create"
    return desk.show("campaigns/variant.html", "dialog", status=status, typed=typed, problems=problems, variant=before, action=action)
