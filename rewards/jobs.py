"""The timetable: what runs by itself, how often, and what it counts. Times are UTC; every job may run late and none twice."""

from datetime import time, timedelta

import structlog

from rewards.campaigns.beginning import tell_begun
from rewards.campaigns.catching_up import resolve_due
from rewards.campaigns.finishing import finish_due
from rewards.campaigns.planning import end_due
from rewards.campaigns.recalculating import recalculate_all
from rewards.campaigns.retrying import retry_due
from rewards.campaigns.settling import settle_due
from rewards.campaigns.telling import tell_waiting
from rewards.earning.queueing import run_queue
from rewards.earning.week_streaks import record_all_weeks, record_recent_weeks
from rewards.integrations.answers import forget_old_answers
from rewards.integrations.seeing import sightings
from rewards.kit.cadences import Daily, Every
from rewards.kit.database import db
from rewards.kit.working import Job, JobFailed, each_alone, writing
from rewards.messages.digesting import write_digests
from rewards.messages.notices import forget_old_notices
from rewards.messages.queries import forget_old_mails
from rewards.messages.sending import send_mails
from rewards.people.links import forget_old_links
from rewards.people.signing_in import forget_ended_sessions
from rewards.programme.applying import work_on_rehearsals
from rewards.programme.verifying import verify
from rewards.shop.expiring import expire_due

log = structlog.get_logger()


def verify_everything() -> int:
    """Hold everything derived against the ledger; each difference is an error in the log. Raises JobFailed where there is one."""
    with db.read():
        differences = verify()
    for difference in differences:
        log.error("difference", kind=difference.kind, what=difference.what, expected=difference.expected, found=difference.found)
    if differences:
        raise JobFailed(f"{len(differences)} differences, the first one {differences[0].told()}")
    return 0


def work_on_campaigns() -> int:
    """Try again what failed in campaigns, settle what was held back, begin and end what is due, announce winners, and write boards down."""
    return each_alone((retry_due, settle_due, end_due, tell_begun, tell_waiting, finish_due))


TIMETABLE = (
    Job("loyalty", Every(timedelta(seconds=1)), run_queue, "events worked on"),
    Job("mail", Every(timedelta(seconds=1)), send_mails, "mails sent"),
    Job("rehearsals", Every(timedelta(seconds=1)), work_on_rehearsals, "rehearsals worked on"),
    Job("campaigns", Every(timedelta(minutes=1)), work_on_campaigns, "campaign steps taken"),
    # Midnight comes to the world's time zones at quarters of an hour.
    Job("streaks", Every(timedelta(minutes=15)), record_recent_weeks, "week streaks recorded"),
    Job("sightings", Every(timedelta(minutes=1)), writing(sightings.store), "keys seen"),
    Job("digests", Every(timedelta(minutes=15)), writing(write_digests), "digests written"),
    Job("expire", Every(timedelta(minutes=15)), expire_due, "redemptions expired", waits_when_clock_moved=True),
    Job("wal_checkpoint", Every(timedelta(hours=1)), db.checkpoint, "kB of journal brought back into the file"),
    Job("resolve", Every(timedelta(hours=1)), resolve_due, "campaign rewards earned"),
    Job("places", Every(timedelta(hours=1)), recalculate_all, "places kept for exports"),
    Job("past_weeks", Daily(time(2, 40)), record_all_weeks, "week streaks recorded"),
    Job("verify", Daily(time(3, 10)), verify_everything, "differences"),
    Job("sessions", Daily(time(3, 40)), writing(forget_ended_sessions), "sessions forgotten", waits_when_clock_moved=True),
    Job("links", Daily(time(3, 45)), writing(forget_old_links), "links forgotten", waits_when_clock_moved=True),
    Job("mails", Daily(time(3, 48)), writing(forget_old_mails), "mails forgotten", waits_when_clock_moved=True),
    Job("answers", Daily(time(3, 50)), writing(forget_old_answers), "answers forgotten", waits_when_clock_moved=True),
    Job("notices", Daily(time(3, 52)), writing(forget_old_notices), "notices forgotten", waits_when_clock_moved=True),
)
