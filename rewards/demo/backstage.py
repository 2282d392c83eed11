"""Plays the story while its desk is open: in a thread of its own, a day at a time, and whoever waits is told how far it is."""

import threading
from dataclasses import dataclass, field

import structlog

from rewards.demo.opening import DAYS, demo_password, first_day
from rewards.demo.people import CLIENTS, COACHES
from rewards.demo.playing import last_day_played, play_story
from rewards.kit import clock
from rewards.kit.database import db
from rewards.people.passwords import is_password
from rewards.people.queries import user_by_email

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Scene:
    """How far the story is, and how to look at it."""

    coach: str
    client: str
    # None: they have another one by now.
    password: str | None
    days: int
    days_played: int
    is_playing: bool

    @property
    def is_over(self) -> bool:
        """Whether every day until today was played."""
        return self.days_played >= self.days


@dataclass(slots=True)
class Backstage:
    """The thread that plays, one at a time. When the process ends, the day at which it is never happened; the next run goes on there."""

    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_playing(self) -> bool:
        """Whether somebody plays just now."""
        return self._thread is not None and self._thread.is_alive()

    def play(self, secret: str) -> None:
        """Begin, or go on, unless that is under way."""
        with self._lock:
            if not self.is_playing:
                self._thread = threading.Thread(target=_play, args=(secret,), name="demonstration", daemon=True)
                self._thread.start()

    def wait(self, seconds: float) -> None:
        """Wait until it is over, and no longer than this."""
        if self._thread is not None:
            self._thread.join(seconds)

    def scene(self, secret: str) -> Scene | None:
        """What there is to see; None where these people do not live."""
        with db.read():
            coach, last = user_by_email(COACHES[0].email), last_day_played()
        if coach is None:
            return None
        password, start = demo_password(secret), first_day()
        played = (last - start).days + 1 if last else 0
        today = (clock.now().date() - start).days
        return Scene(
            coach.email,
            CLIENTS[0].email,
            password if is_password(coach.password_hash, password) else None,
            days=min(DAYS, today),
            days_played=min(played, DAYS, today),
            is_playing=self.is_playing,
        )


def _play(secret: str) -> None:
    try:
        played = play_story(secret=secret, day_done=lambda day: None)
    except Exception:
        # Nobody waits for this thread: what it says, it says in the log.
        log.exception("demonstration failed")
    else:
        log.info("demonstration played", people=played.people_added, events=played.events_added)


backstage = Backstage()
