"""Where each kind of person can go: the places of the shell, in the order in which they are shown."""

from dataclasses import dataclass

from flask import request

from rewards.people.models import Role, User


@dataclass(frozen=True, slots=True)
class Place:
    """A page that the shell leads to."""

    path: str
    word: str
    icon: str

    def is_here(self, path: str) -> bool:
        """Whether that address is this place or inside it. A home is only itself: everything is inside it."""
        return path == self.path or (self.path.count("/") > 1 and path.startswith(f"{self.path}/"))


@dataclass(frozen=True, slots=True)
class Group:
    """Places that belong together; the first ones need no heading."""

    heading: str
    places: tuple[Place, ...]


RAILS: dict[str, tuple[Group, ...]] = {
    Role.CLIENT: (
        Group(
            "",
            (
                Place("/client", "Home", "home"),
                Place("/client/log", "Log", "circle-plus"),
                Place("/client/rewards", "Rewards", "gift"),
                Place("/client/circle", "Circle", "users"),
                Place("/client/progress", "Progress", "chart-donut"),
            ),
        ),
    ),
    Role.COACH: (
        Group(
            "",
            (
                Place("/coach", "Home", "home"),
                Place("/coach/clients", "Clients", "users"),
                Place("/coach/circles", "Circles", "circle-dashed"),
                Place("/coach/redemptions", "Redemptions", "shopping-bag"),
                Place("/coach/questions", "Missing points", "hand-stop"),
                Place("/coach/rewards", "Rewards", "gift"),
                Place("/coach/achievements", "Achievements", "award"),
                Place("/coach/campaigns", "Campaigns", "trophy"),
                Place("/coach/settings", "Settings", "settings"),
            ),
        ),
    ),
    Role.ADMIN: (
        Group("Overview", (Place("/admin", "Overview", "gauge"),)),
        Group(
            "Programme",
            (
                Place("/admin/activities", "Activities", "bolt"),
                Place("/admin/rules", "Rules", "adjustments"),
                Place("/admin/levels", "Levels", "stairs-up"),
                Place("/admin/achievements", "Achievements", "award"),
                Place("/admin/rewards", "Rewards", "gift"),
            ),
        ),
        Group("People", (Place("/admin/people", "People", "users"), Place("/admin/questions", "Missing points", "hand-stop"))),
        Group(
            "Money",
            (Place("/admin/ledger", "Ledger", "list-check"), Place("/admin/redemptions", "Redemptions", "shopping-bag")),
        ),
        Group("Growth", (Place("/admin/campaigns", "Campaigns", "trophy"),)),
        Group(
            "System",
            (
                Place("/admin/events", "Events", "activity"),
                Place("/admin/imports", "Imports", "upload"),
                Place("/admin/integrations", "Integrations", "plug"),
                Place("/admin/audit", "Audit", "shield-lock"),
                Place("/admin/settings", "Settings", "settings"),
            ),
        ),
    ),
}

# What a small screen has room for at its foot, where that is not all of it: the rest is a page.
BARS: dict[str, tuple[str, ...]] = {Role.COACH: ("/coach", "/coach/clients", "/coach/redemptions")}
ALL_PAGES = Place("/coach/menu", "Menu", "menu-2")

# What stands in the menu of the person instead.
MENUS: dict[str, tuple[Place, ...]] = {
    Role.CLIENT: (
        Place("/client/achievements", "Achievements", "award"),
        Place("/client/redemptions", "My rewards", "shopping-bag"),
        Place("/client/refer", "Refer", "user-plus"),
        Place("/client/notifications", "Notifications", "bell"),
        Place("/client/settings", "Settings", "settings"),
    ),
    Role.COACH: (),
    Role.ADMIN: (Place("/admin/account", "Your account", "user"),),
}


def rail_of(person: User) -> tuple[Group, ...]:
    """The places of somebody's shell."""
    return RAILS[person.role]


def bar_of(person: User, *, in_circle: bool = False) -> tuple[Place, ...]:
    """The places at the foot of somebody's small screen; a circle is one for who is in it."""
    places = tuple(place for group in RAILS[person.role] for place in group.places if in_circle or place.path != "/client/circle")
    chosen = BARS.get(person.role)
    return (*(place for place in places if place.path in chosen), ALL_PAGES) if chosen else places


def menu_of(person: User, *, refers: bool = False) -> tuple[Place, ...]:
    """The places in somebody's own menu; bringing others is one for who has something to bring them to."""
    return tuple(place for place in MENUS[person.role] if refers or place.path != "/client/refer")


def is_here(place: Place) -> bool:
    """Whether the page that is shown is there."""
    return place.is_here(request.path)
