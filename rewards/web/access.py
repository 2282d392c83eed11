"""Who may enter. The parent blueprint of each audience decides for every page inside it, so that no page can forget to ask."""

from collections.abc import Callable
from urllib.parse import quote, urlsplit

from flask import Blueprint, Request, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user

from rewards.campaigns.linking import count_lists_for
from rewards.kit.errors import Forbidden
from rewards.messages.notices import unseen_of
from rewards.people.models import Role, User
from rewards.people.signing_in import SignedInPerson, session_for_token
from rewards.web.security import safe_path

TOKEN = "token"  # noqa: S105 - the name of the member, not a token
SIGN_IN = "/login"

public = Blueprint("public", __name__)
client = Blueprint("client", __name__, url_prefix="/client")
coach = Blueprint("coach", __name__, url_prefix="/coach")
admin = Blueprint("admin", __name__, url_prefix="/admin")

HOMES = {Role.CLIENT: "/client", Role.COACH: "/coach", Role.ADMIN: "/admin"}

login_manager = LoginManager()


class Visitor:
    """Somebody signed in, in the words of Flask-Login."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, signed_in: SignedInPerson) -> None:
        self.person = signed_in.user
        self.session_id = signed_in.session_id
        self.unread, lists = signed_in.beside
        self.may_refer = signed_in.user.role == Role.CLIENT and lists > 0

    def get_id(self) -> str:
        """Whose session it is."""
        return str(self.person.id)


@login_manager.request_loader
def _load_visitor(incoming: Request) -> Visitor | None:
    token = session.get(TOKEN)
    found = session_for_token(token, (unseen_of(User.id), count_lists_for(User.coach_id))) if isinstance(token, str) else None
    return Visitor(found) if found else None


def visitor() -> User | None:
    """Who is signed in; None for a stranger."""
    return current_user.person if current_user.is_authenticated else None


def me() -> User:
    """Who is signed in, on a page that only they can reach."""
    person = visitor()
    if person is None:
        raise Forbidden("sign in first")
    return person


def may_refer() -> bool:
    """Whether there was something that a client who is here could bring others to."""
    return bool(current_user.is_authenticated and current_user.may_refer)


def unread_count() -> int:
    """How many notices whoever is here had not read when the page was asked for."""
    return current_user.unread if current_user.is_authenticated else 0


def home_of(person: User) -> str:
    """The first page of somebody's own."""
    return HOMES[Role(person.role)]


def ask_to_sign_in() -> ResponseReturnValue:
    """Send a stranger to the sign-in page and back again afterwards. A part of a page is no place for another page: htmx is told to go."""
    address = f"{SIGN_IN}?next={quote(_wanted(), safe='/')}"
    return ("", 204, {"HX-Redirect": address}) if "HX-Request" in request.headers else redirect(address, 303)


def _wanted() -> str:
    if request.method == "GET" and "HX-Request" not in request.headers:
        return safe_path(request.full_path.removesuffix("?"))
    # What was sent is gone; the page it was sent from is where to begin again.
    came_from = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    return safe_path(f"{came_from.path}?{came_from.query}".removesuffix("?"))


def _only(role: Role) -> Callable[[], ResponseReturnValue | None]:
    def guard() -> ResponseReturnValue | None:
        person = visitor()
        if person is None:
            return ask_to_sign_in()
        if person.role != role:
            raise Forbidden(f"This page is for {role}s.")
        return None

    return guard


client.before_request(_only(Role.CLIENT))
coach.before_request(_only(Role.COACH))
admin.before_request(_only(Role.ADMIN))
