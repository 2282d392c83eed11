"""Rehearsals as they are kept: asked for, worked on a few people at a time, read as a report, and then put in force or not.

Each function that works opens blocks of its own, the short ones that it needs: nobody waits for a rehearsal.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from rewards.activities.definitions import current_version
from rewards.kit import clock, documents, sql
from rewards.kit.columns import time_from_text, time_text
from rewards.kit.database import db
from rewards.kit.errors import NotFound
from rewards.programme.changing import change_programme
from rewards.programme.comparing import Report
from rewards.programme.document import SECTIONS, ProgrammeDocument
from rewards.programme.rehearsing import Stage, add_others, count_people, first_day_of, people_since, staged

COLUMNS = (
    "id, subject, document, days, first_day, actor_id, asked_at, state, version_id, report, people, people_done, last_user_id, mode,"
    " cut_off, totals, settled_at"
)
INSERT = (
    "INSERT INTO rehearsals (subject, document, days, first_day, actor_id, asked_at, state, version_id, report, people, people_done,"
    " last_user_id, totals) VALUES (?, ?, ?, ?, ?, ?, 'asked', ?, ?, ?, 0, 0, '{}') RETURNING id"
)
FOUND = (
    "UPDATE rehearsals SET report = ?, people_done = ?, last_user_id = ?, state = ?, version_id = ?"
    " WHERE id = ? AND state = 'asked' AND last_user_id = ?"
)
KEPT = timedelta(days=7)
SUBJECT_LENGTH_MAX = 200
# A page waits so long for a rehearsal; what takes longer goes on behind it.
PATIENCE_SECONDS = 2.0
REST_SECONDS_MAX = 0.1


@dataclass(frozen=True, slots=True)
class Kept:
    """A rehearsal."""

    id: int
    subject: str
    document: Mapping[str, Any]
    days: int
    first_day: date
    actor_id: int | None
    asked_at: datetime
    # `asked`, `failed`, `rehearsed`, `applying`, `applied`.
    state: str
    version_id: int
    report: Report
    people: int
    people_done: int
    last_user_id: int
    mode: str | None
    cut_off: int | None
    totals: Mapping[str, Any]
    settled_at: datetime | None

    @property
    def is_at_work(self) -> bool:
        """Whether it goes on by itself."""
        return self.state in {"asked", "applying"}

    @property
    def draft(self) -> ProgrammeDocument:
        """What was rehearsed."""
        return ProgrammeDocument.model_validate(self.document)


def ask_for_rehearsal(*, document: ProgrammeDocument, days: int, subject: str, actor_id: int | None) -> int:
    """Ask for one, in the surrounding write block; its id. Raises Invalid where the draft does not fit together with what is in force."""
    first_day = first_day_of(days)
    # Nobody comes back for what was only tried.
    sql.run("DELETE FROM rehearsals WHERE mode IS NULL AND asked_at < ?", (time_text(clock.now() - KEPT),))
    change_programme(document=document, actor_id=actor_id, dry_run=True)
    now, report = time_text(clock.now()), documents.canonical(Report(first_day.isoformat()).plain())
    told = (subject[:SUBJECT_LENGTH_MAX], as_text(document), days, first_day.isoformat(), actor_id, now, current_version(), report)
    return int(sql.value(INSERT, (*told, count_people(first_day))))


def as_text(document: ProgrammeDocument) -> str:
    """A document as it is kept: the settings only where it has some."""
    sections: dict[str, Any] = {}
    for entry in document.entries():
        section = SECTIONS[entry.kind][0] if entry.kind in SECTIONS else "rewards"
        if section == "programme":
            sections[section] = entry.part.plain(short=True)
        else:
            sections.setdefault(section, []).append(entry.part.plain())
    return documents.canonical(sections)


def rehearsal(rehearsal_id: int) -> Kept:
    """One of them. Raises NotFound."""
    # What no column can hold is nobody's.
    found = _kept("WHERE id = ?", (rehearsal_id,)) if 0 < rehearsal_id < 2**63 else []
    if not found:
        raise NotFound(f"rehearsal {rehearsal_id}")
    return found[0]


def latest(limit: int) -> list[Kept]:
    """The last ones that were put in force or still go on, the newest first."""
    return _kept("WHERE state IN ('applying', 'applied') ORDER BY id DESC LIMIT ?", (limit,))


def _kept(which: str, params: tuple[object, ...]) -> list[Kept]:
    return [_from_row(row) for row in sql.rows(f"SELECT {COLUMNS} FROM rehearsals {which}", params)]


def _from_row(row: sql.Row) -> Kept:
    rehearsal_id, subject, document, days, first_day, actor_id, asked_at, state, version_id, report, *work, totals, settled_at = row
    people, people_done, last_user_id, mode, cut_off = work
    return Kept(
        id=rehearsal_id,
        subject=subject,
        document=documents.parse_exactly(document),
        days=days,
        first_day=date.fromisoformat(first_day),
        actor_id=actor_id,
        asked_at=time_from_text(asked_at),
        state=state,
        version_id=version_id,
        report=Report.read(documents.parse(report)),
        people=people,
        people_done=people_done,
        last_user_id=last_user_id,
        mode=mode,
        cut_off=cut_off,
        totals=documents.parse(totals),
        settled_at=time_from_text(settled_at) if settled_at else None,
    )


class Pace:
    """How long somebody works; gently, they rest after each person as long as that one took, so that others have the processor too."""

    def __init__(self, seconds: float, *, is_gentle: bool = False) -> None:
        self._is_gentle = is_gentle
        self._begun = time.monotonic()
        self._until = self._begun + seconds

    def goes_on(self) -> bool:
        """After one person: whether there is time for another."""
        if self._is_gentle:
            time.sleep(min(time.monotonic() - self._begun, REST_SECONDS_MAX))
        self._begun = time.monotonic()
        return self._begun < self._until


def work_on_rehearsal(rehearsal_id: int, pace: Pace) -> bool:
    """Rehearse for a while, from where it was left; whether it is done. Two who do so at once come to the same."""
    with db.read():
        kept = rehearsal(rehearsal_id)
    if kept.state != "asked":
        return True
    report, last = kept.report, kept.last_user_id
    with staged(kept.draft, kept.first_day) as stage:
        if last and stage.today != kept.version_id:
            # The programme has changed meanwhile, and a report is about one.
            report, last = Report(kept.first_day.isoformat()), 0
        for user_id in people_since(kept.first_day, last):
            report.take(stage.compare(user_id))
            last = user_id
            if not pace.goes_on():
                _keep(kept, report, last, stage, is_done=False)
                return False
        add_others(report, stage)
        _keep(kept, report, last, stage, is_done=True)
    return True


def give_up(rehearsal_id: int, reason: str) -> None:
    """It cannot be rehearsed: what fitted together when it was asked for does not any more, or worse."""
    with db.write():
        told = documents.canonical({"error": reason})
        sql.run("UPDATE rehearsals SET state = 'failed', totals = ? WHERE id = ? AND state = 'asked'", (told, rehearsal_id))


def _keep(kept: Kept, report: Report, last_user_id: int, stage: Stage, *, is_done: bool) -> None:
    text = documents.canonical(report.plain())
    with db.write():
        # Whoever was there first has taken these people in already.
        sql.run(
            FOUND,
            (text, report.people, last_user_id, "rehearsed" if is_done else "asked", stage.today, kept.id, kept.last_user_id),
        )
