"""Other systems: how they are, and making them known."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from rewards.integrations.overview import Health, all_keys, all_services
from rewards.integrations.registering import add_service, change_service, service_named
from rewards.kit import clock
from rewards.kit.database import db
from rewards.kit.errors import Invalid
from rewards.web.access import me
from rewards.web.answering import answer
from rewards.web.refusing import problems_of
from rewards.web.words import words_for

systems = Blueprint("systems", __name__, url_prefix="/integrations")

PLACE = "/admin/integrations/services"
FIELDS = ("name", "type", "url")
WORDS = {
    "name": "Enter a name of at most 200 characters.",
    "type": "Enter one word, such as shop: letters, digits, dots, hyphens and underscores.",
    "url": "Enter an address that begins with http:// or https://, or leave it empty.",
}


@systems.get("")
def show() -> ResponseReturnValue:
    """How many of each there are, and how they are."""
    now = clock.now()
    known, keys = all_services(now), all_keys(now)
    return answer(
        "admin/integrations.html",
        services=known,
        healthy=sum(one.health is Health.HEALTHY for one in known),
        keys=sum(one.state == "Active" for one in keys),
    )


@systems.get("/services")
def show_services() -> ResponseReturnValue:
    """Every service with its health."""
    return answer("admin/services.html", services=all_services(clock.now()), words=words_for(me()))


@systems.get("/services/create")
def ask_for_service() -> ResponseReturnValue:
    """The form for a new service."""
    return answer("admin/service.html", typed={}, problems={}, place=f"{PLACE}/create")


@systems.post("/services/create")
def create_service() -> ResponseReturnValue:
    """Make a service known, and go on to its first key."""
    typed = _typed()
    try:
        with db.write():
            service_id = add_service(name=typed["name"], type=typed["type"], url=typed["url"] or None, actor_id=me().id).service_id
    except Invalid as error:
        return answer("admin/service.html", status=422, typed=typed, problems=problems_of(error, WORDS), place=f"{PLACE}/create")
    return redirect(f"/admin/integrations/keys/create?service={service_id}", 303)


@systems.get("/services/<service_id>/edit")
def ask_for_changes(service_id: str) -> ResponseReturnValue:
    """The form with what is known of a service."""
    service = service_named(service_id)
    typed = {name: getattr(service, name) or "" for name in FIELDS}
    return answer("admin/service.html", typed=typed, problems={}, service=service, place=f"{PLACE}/{service_id}/edit")


@systems.post("/services/<service_id>/edit")
def change(service_id: str) -> ResponseReturnValue:
    """Call a service otherwise."""
    typed = _typed()
    try:
        with db.write():
            change_service(service_id=service_id, name=typed["name"], type=typed["type"], url=typed["url"] or None, actor_id=me().id)
    except Invalid as error:
        place, service = f"{PLACE}/{service_id}/edit", service_named(service_id)
        return answer("admin/service.html", status=422, typed=typed, problems=problems_of(error, WORDS), service=service, place=place)
    return redirect(PLACE, 303)


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in FIELDS}
