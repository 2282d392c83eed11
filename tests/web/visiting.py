"""The site with something of everybody's in it, and everybody's browser: what the matrix of access and the tour of all pages visit."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import Flask

from rewards.achievements.acknowledging import acknowledge_unlocks
from rewards.achievements.documents import AchievementDocument, AchievementType
from rewards.achievements.identities import achievement_ids
from rewards.circles.cheering import show_activity
from rewards.circles.gathering import make_circle, set_members
from rewards.earning.asking import ask_about_event
from rewards.integrations.keys import create_key
from rewards.integrations.permissions import Permission
from rewards.integrations.registering import add_service
from rewards.kit import clock, sql
from rewards.kit.database import Database
from rewards.levels.acknowledging import acknowledge_reaches
from rewards.messages.notices import mark_seen
from rewards.people.changing import disable_user
from rewards.people.inviting import invite
from rewards.people.inviting import token_of as token_of_invitation
from rewards.people.joining import add_user
from rewards.people.links import token_of as token_of_link
from rewards.people.noting import add_note
from rewards.people.queries import user_by_email, user_by_id
from rewards.people.resetting import open_reset
from rewards.programme.applying import put_in_force
from rewards.programme.document import ProgrammeDocument
from rewards.programme.owning import add_achievement
from rewards.programme.rehearsals import Pace, ask_for_rehearsal, work_on_rehearsal
from tests.programmes import define, did, play
from tests.web.access_file import MATRIX
from tests.web.browser import form_of, log
from tests.web.campaigning import gather as gather_subscribers
from tests.web.campaigning import plan as plan_campaign_of
from tests.web.conftest import SignIn, hashed, somebody
from tests.web.shopping import Counter
from tests.web.waiting import open_waitlist

# What is fetched and not looked at.
NO_PAGES = (".csv", ".css", ".js", ".webmanifest", "/media/", "export", "/news")


class Visit:
    """The site with something of everybody's in it, and everybody's browser."""

    def __init__(self, site: Flask, database: Database, sign_in: SignIn) -> None:
        self.site = site
        self.browsers = {name: sign_in(name) for name in ("ada", "cy", "bo", "eve", "dee")}
        for name in ("ada", "cy"):
            assert log(self.browsers[name], "workout_logged").status_code == 303
        with database.read():
            events: dict[str, int] = dict(sql.rows("SELECT u.email, e.id FROM events e JOIN users u ON u.id = e.user_id"))
        self.things: dict[str, Any] = {"ada_event": events["ada@example.com"], "cy_event": events["cy@example.com"], "no_event": 999_999}
        # What an admin defines is known by its key.
        self.things |= {"activity": "meal_logged", "category": "learning", "level": 4, "rule": "long_meditation", "boost": "quiet_hour"}
        define(
            rules=[{"key": "long_meditation", "pattern": {"object_type": "meditation"}, "outcome": {"type": "award_points", "xp": 10}}],
            boosts=[{"key": "quiet_hour", "factor": 1}],
        )
        with database.read():
            self.things["ada_transfer"] = sql.value("SELECT id FROM transfers WHERE event_id = ?", (self.things["ada_event"],))
        self._switch_somebody_off(database, sign_in)
        with database.write():
            # Somebody who is signed in nowhere, so that whatever is done to them ends nobody's visit.
            self.things["spare"] = add_user(email="ida@example.com", name="Ida", role="client", timezone="UTC").id
            self.things |= {name: user.id for name in ("ada", "cy", "bo", "eve") if (user := user_by_email(f"{name}@example.com"))}
            link = open_reset(add_user(email="joy@example.com", name="Joy", role="client", timezone="UTC").email)
            assert link
            self.things |= {"reset": token_of_link(link), "nothing": "nothing", "side": 192, "card": "card"}
            invitation = invite(email="new@example.com", role="client", actor_id=self.things["bo"])
            self.things |= {"invitation": token_of_invitation(invitation), "bo_invitation": invitation.id}
            service = add_service(name="Shop", type="shop").service_id
            key = create_key(service_id=service, permissions=list(Permission))
            create_key(service_id=service, permissions=["events:write"], name="spare")
            self.things["audit_entry"] = sql.value("SELECT max(id) FROM audit_entries")
            keys = [key_id for (key_id,) in sql.rows("SELECT id FROM api_keys ORDER BY id")]
        self._make_achievements(database)
        self._stock_shop(database)
        self._gather_circles(database)
        self._ask_questions(database)
        self._note_something(database)
        self._rehearse(database)
        self._plan_campaigns(database)
        open_waitlist(database, self.things)
        # The first one opens the door for the machine; the spare one may be given away.
        self.things |= {"service": service, "key": keys[-1], "no_key": 999_999}
        self.browsers["stranger"], self.browsers["machine"] = site.test_client(), site.test_client()
        # Lin's own browser, as far as the waitlist is concerned.
        self.browsers["stranger"].set_cookie("place", self.things["own_place"], path=f"/c/{self.things['slug']}")
        self.keys = {"machine": {"Authorization": f"Bearer {key}", "X-Service-ID": service}}

    def ask(self, visitor: str, route: str) -> Any:
        """What the site answers to somebody who sends what the page itself would send."""
        method, _, address = route.partition(" ")
        browser, headers = self.browsers[visitor], self.keys.get(visitor, {})
        fields = self.fields_of(route, visitor)
        if method != "GET":
            headers = {**headers, "X-CSRFToken": token_of(browser)}
        return browser.open(address.format(**self.things), method=method, headers=headers, data=fields or None)

    def _make_achievements(self, database: Database) -> None:
        """Bo's own, two that he may give away, one of Eve's, and one of everybody's."""
        define(achievements=[{"key": "kindness", "name": "Kindness", "type": "manual", "xp_reward": 5}])
        for name, owner in (("first_race", "bo"), ("spare_one", "bo"), ("spare_two", "bo"), ("eves", "eve")):
            made = AchievementDocument(key=name, name=name.capitalize(), type=AchievementType.MANUAL)
            with database.write():
                coach = user_by_id(self.things[owner])
                assert coach
                add_achievement(achievement=made, actor=coach)
        with database.read():
            self.things |= achievement_ids(("kindness", "first_race", "spare_one", "spare_two", "eves"))

    def _rehearse(self, database: Database) -> None:
        """A dry run that was put in force, and one that waits for somebody's choice."""
        draft = ProgrammeDocument.model_validate({"boosts": [{"key": "quiet_hour", "factor": 2}]})
        for name in ("rehearsal", "tried"):
            with database.write():
                asked = ask_for_rehearsal(document=draft, days=30, subject="Quiet hour", actor_id=None)
            assert work_on_rehearsal(asked, Pace(60))
            self.things[name] = asked
            if name == "rehearsal":
                with database.write():
                    put_in_force(rehearsal_id=asked, mode="forward", actor_id=None)

    def _plan_campaigns(self, database: Database) -> None:
        """Bo's and Eve's, with people who play them; of each also a draft."""
        self.things |= {"campaign_rule": "referred", "spare_rule": "joined", "variant": "double"}
        for coach in ("bo", "eve"):
            played = plan_campaign_of(database, coach, name=f"Summer group of {coach}")
            people = gather_subscribers(database, played)
            with database.read():
                known: dict[str, int] = dict(sql.rows("SELECT key, id FROM campaign_rewards WHERE campaign_id = ?", (played,)))
                taken = sql.value("SELECT max(id) FROM snapshots WHERE campaign_id = ?", (played,))
            mine = {"campaign": played, "snapshot": taken, "lena": people[0], "otto": people[1], "odd": people[4]}
            mine |= {"first": known["first_friend"], "thanks": known["thanks"], "spare_prize": known["top_10"]}
            mine |= {"draft": plan_campaign_of(database, coach, name=f"Draft of {coach}", live=False)}
            self.things |= {f"{coach}_{name}": thing for name, thing in mine.items()}

    def _ask_questions(self, database: Database) -> None:
        """Ada and Cy miss something."""
        self.things["today"] = clock.now().date().isoformat()
        for name in ("ada", "cy"):
            with database.write():
                asked = ask_about_event(user_id=self.things[name], event_id=self.things[f"{name}_event"], note="It was a long one.")
            self.things[f"{name}_question"] = asked

    def _note_something(self, database: Database) -> None:
        """Bo about Ada, and Eve about Cy."""
        for name, author, client in (
            ("ada_note", "bo", "ada"),
            ("spare_note", "bo", "ada"),
            ("spare_note_two", "bo", "ada"),
            ("cy_note", "eve", "cy"),
        ):
            with database.write():
                coach = user_by_email(f"{author}@example.com")
                assert coach
                self.things[name] = add_note(user_id=self.things[client], text="Likes mornings.", actor=coach).id

    def _stock_shop(self, database: Database) -> None:
        """Something of everybody's, of Bo's and of Eve's; what Ada and Cy redeemed waits."""
        counter = Counter(database)
        for name in ("ada", "cy"):
            counter.give(name, 5_000)
        self.things["bottle"] = counter.offer(name="Water bottle", points_cost=20)
        for name, owner in (("massage", "bo"), ("spare_reward", "bo"), ("spare_reward_two", "bo"), ("mug", "eve")):
            self.things[name] = counter.offer(owner, name=name.replace("_", " ").capitalize(), points_cost=20)
        for name in ("ada", "ada_two", "ada_three", "ada_four", "cy"):
            self.things[f"{name}_redemption"] = counter.redeem(name.partition("_")[0], self.things["bottle"])

    def _gather_circles(self, database: Database) -> None:
        """Ada is in a circle of Bo's with Kit, and Cy in one of Eve's with Lee; each of them did something that they show."""
        for circle, coach, names in (("bo_circle", "bo", ("ada", "kit")), ("eve_circle", "eve", ("cy", "lee")), ("spare_circle", "bo", ())):
            with database.write():
                actor = somebody(coach)
                for name in names[1:]:
                    email = f"{name}@example.com"
                    self.things[name] = add_user(email=email, name=name.title(), role="client", timezone="UTC", coach_id=actor.id).id
                self.things[circle] = make_circle(name="Larks", goal_xp=100, actor=actor).id
                set_members(circle_id=self.things[circle], user_ids=[self.things[name] for name in names], actor=actor)
                for name in names:
                    show_activity(person=somebody(name), shows=True)
        doers = ("kit", "lee", "ada", "cy")
        play(*[did(self.things[name], "workout_logged", clock.now()) for name in doers])
        with database.read():
            items: dict[int, int] = dict(sql.rows("SELECT user_id, max(id) FROM feed_items WHERE kind = 'event' GROUP BY user_id"))
        self.things |= {f"{name}_item": items[self.things[name]] for name in doers}

    def fields_of(self, route: str, visitor: str) -> dict[str, Any]:
        """What the file says that a form sends."""
        fields: dict[str, Any] = {
            name: str(value).format(visitor=visitor, **self.things) for name, value in MATRIX["fields"].get(route, {}).items()
        }
        return fields

    def _switch_somebody_off(self, database: Database, sign_in: SignIn) -> None:
        self.browsers["gone"] = sign_in("ben")
        with database.write():
            ben = user_by_email("ben@example.com")
            assert ben
            disable_user(user_id=ben.id)


def token_of(browser: Any) -> str:
    """What a form of this browser must carry."""
    page = browser.get("/login")
    page = browser.get(page.location) if page.status_code == 303 else page
    return str(form_of(page, "/logout" if "/logout" in page.text else "/login")["csrf_token"])


def play_past(database: Database) -> None:
    """Ada has done a lot, for a month."""
    define(
        achievements=[
            {"key": "first_week", "name": "First week", "type": "automatic", "condition_type": "streak_days", "condition_value": 7},
            {"key": "ten", "name": "Ten workouts", "type": "automatic", "condition_type": "workout_count", "condition_value": 10},
            {"key": "kindness", "name": "Kindness", "type": "manual", "xp_reward": 5},
        ],
        activities=[{"key": "meal_logged", "category": "participation", "xp": 5, "points": 5, "max_per_day": 1}],
    )
    with database.read():
        ada = user_by_email("ada@example.com")
        assert ada
    days = [clock.now() - timedelta(days=ago) for ago in range(30, 0, -1)]
    kinds = ("daily_checkin", "workout_logged", "meal_logged")
    play(*[did(ada.id, kind, day, metadata={"note": "along the river " * 5}) for day in days for kind in kinds])
    play(did(ada.id, "meal_logged", clock.now()), did(ada.id, "plastic_recycled", clock.now(), metadata={"kg": 2.5}))
    # What she reached has been told: a dialog in front of every page would be all that anybody looks at.
    with database.write():
        acknowledge_reaches(user_id=ada.id, up_to=2**40)
        acknowledge_unlocks(user_id=ada.id, up_to_id=2**40)
        mark_seen(user_id=ada.id)


def add_long_names(database: Database) -> None:
    """People with names that are as long as names are, and a coach without clients."""
    with database.write():
        add_user(email="flo@example.com", name="Flo", role="coach", timezone="UTC", password=hashed())
        long = "Maximilian-Alexander Freiherr von und zu Hohenstein-Wittgenstein"
        add_user(email="max@example.com", name=long, role="client", timezone="UTC")
        add_user(email="w@example.com", name="W" * 60, role="client", timezone="UTC")


def pages_of(visitors: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every page that the matrix of access knows, with the first of these visitors who may see it."""
    for route, answers in MATRIX["pages"].items():
        method, _, address = route.partition(" ")
        if method != "GET" or any(mark in address for mark in NO_PAGES):
            continue
        may = dict(zip(MATRIX["visitors"], answers, strict=True))
        who = next((one for one in visitors if may[one] == 200), None)
        if who:
            yield who, address
