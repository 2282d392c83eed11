"""Changes the programme: the one way in which anything that is defined comes to be, or to be different."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rewards.achievements.documents import AchievementDocument
from rewards.activities.definitions import current_version, define, definitions_at, lock_versions, open_version
from rewards.activities.documents import STANDARD_CATEGORIES, ActivityDocument, CategoryDocument, ProgrammeSettings
from rewards.activities.models import Kind
from rewards.earning.documents import BoostDocument, RuleDocument
from rewards.earning.in_force import programme_at
from rewards.earning.outcomes import AwardPoints, Multiply
from rewards.kit import sql
from rewards.kit.errors import Invalid, Problem
from rewards.kit.values import readable
from rewards.kit.written import Misfit, Written, joined
from rewards.levels.documents import LevelDocument
from rewards.levels.ladder import GROUND
from rewards.levels.verifying import record_reaches
from rewards.people.auditing import Done, record_deeds
from rewards.programme.campaigning import merge_waitlists
from rewards.programme.checking import check_whole
from rewards.programme.coaches import with_coach_id
from rewards.programme.document import SETTINGS_KEY, Entry, ProgrammeDocument, part_of
from rewards.programme.rewarding import known_rewards, merge_rewards

SETTINGS = (Kind.PROGRAMME, SETTINGS_KEY)
ACTIVITY_ROW = "INSERT INTO activities (key, category) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET category = excluded.category"
ACHIEVEMENT_ROW = "INSERT INTO achievements (key, coach_id) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET coach_id = excluded.coach_id"

InForce = dict[tuple[Kind, str], Written]


class Defined(NamedTuple):
    """What a change was about."""

    # A kind of definition, or `reward`, `waitlist`, `campaign`.
    kind: str
    key: str

    def __str__(self) -> str:
        return self.kind if self.kind == Kind.PROGRAMME else f"{self.kind} {self.key}"


@dataclass(frozen=True, slots=True)
class Change:
    """What a document did to the programme, or would do."""

    # None: no definition differed, or it was a dry run.
    version: int | None
    created: tuple[Defined, ...]
    changed: tuple[Defined, ...]
    unchanged: tuple[Defined, ...]


def change_programme(*, document: ProgrammeDocument, actor_id: int | None, note: str = "", dry_run: bool = False) -> Change:
    """Merge the document into what is in force; what it does not name stays. Raises Invalid where the whole would not fit together.

    All of it goes into one new version; where nothing differs there is none. A dry run reports the same and writes nothing.
    """
    if not dry_run:
        lock_versions()
    in_force = _in_force()
    entries = _with_new_categories(_as_stored(document, in_force), in_force)
    whole = in_force | {entry.name: entry.part for entry in entries}
    check_whole(whole, {entry.name: entry.place for entry in entries}, known_rewards() | {reward.key for reward in document.rewards})
    _check_currency(in_force[SETTINGS], next((entry.part for entry in entries if entry.name == SETTINGS), in_force[SETTINGS]))
    created = [entry for entry in entries if entry.name not in in_force]
    known = [(entry, in_force[entry.name].plain() == entry.part.plain()) for entry in entries if entry.name in in_force]
    changed = [entry for entry, is_same in known if not is_same]
    version = None
    if (created or changed) and not dry_run:
        version = open_version(actor_id, note)
        _store([*created, *changed], version)
        record_deeds([_done(entry, in_force.get(entry.name), note) for entry in (*created, *changed)], actor_id=actor_id)
        if any(entry.kind == Kind.LEVEL for entry in (*created, *changed)):
            # Who has enough XP for a level that is easier to reach now has reached it by that, and no event to come would notice.
            record_reaches(programme_at(version).ladder)
    levels = {part.number for part in whole.values() if isinstance(part, LevelDocument)} or {GROUND.number}
    rewards = merge_rewards(document.rewards, levels=levels, actor_id=actor_id, dry_run=dry_run)
    lists = merge_waitlists(document.waitlists, actor_id=actor_id, dry_run=dry_run)
    return Change(
        version,
        _defined(created, rewards.created, lists.created),
        _defined(changed, rewards.changed, lists.changed),
        _defined((entry for entry, is_same in known if is_same), rewards.unchanged, lists.unchanged),
    )


def _check_currency(before: Written, after: Written) -> None:
    """The daily totals tell money in the programme's currency: it stays once any of either has moved, or while events wait."""
    held, wanted = getattr(before, "currency", None), getattr(after, "currency", None)
    if held == wanted:
        return
    if sql.value("SELECT 1 FROM accounts WHERE asset IN (?, ?) LIMIT 1", (held, wanted)):
        raise Invalid.single("programme.currency", f"{held}; money of one of the two has moved already", wanted)
    if sql.value("SELECT 1 FROM events WHERE state IN ('queued', 'retrying') LIMIT 1"):
        raise Invalid.single("programme.currency", f"{held} until every event that waits is decided", wanted)


def _in_force() -> InForce:
    # A programme without settings of its own has the usual ones.
    usual: InForce = {SETTINGS: ProgrammeSettings()}
    return usual | {(row.kind, row.key): part_of(row.kind, row.body) for row in definitions_at(current_version())}


def _as_stored(document: ProgrammeDocument, in_force: InForce) -> list[Entry]:
    stored, problems = [], []
    for entry in document.entries():
        try:
            stored.append(entry._replace(part=_part_as_stored(entry.part, in_force.get(entry.name))))
        except Misfit as misfit:
            problems += [Problem(joined(entry.place, problem.field), problem.message, problem.value) for problem in misfit.problems]
    if problems:
        raise Invalid(problems)
    return stored


def _part_as_stored(part: Written, before: Written | None) -> Written:
    if isinstance(part, ProgrammeSettings) and isinstance(before, ProgrammeSettings):
        # Settings are many things in one definition: those that are not named stay.
        return before.model_copy(update={name: getattr(part, name) for name in part.model_fields_set})
    if isinstance(part, AchievementDocument):
        return with_coach_id(part, before if isinstance(before, AchievementDocument) else None)
    return part


def _with_new_categories(entries: Sequence[Entry], in_force: InForce) -> list[Entry]:
    defined = {key for kind, key in in_force if kind == Kind.CATEGORY} | {entry.key for entry in entries if entry.kind == Kind.CATEGORY}
    named = dict.fromkeys(key for entry in entries for key in _categories_named_by(entry.part))
    missing = [key for key in named if key not in defined and key not in STANDARD_CATEGORIES]
    return [*(Entry(Kind.CATEGORY, key, CategoryDocument(key=key, name=readable(key)), "") for key in missing), *entries]


def _categories_named_by(part: Written) -> Iterable[str]:
    if isinstance(part, ActivityDocument):
        return [part.category]
    scope = part.outcome if isinstance(part, RuleDocument) else part
    if isinstance(scope, AwardPoints):
        return [scope.category] if scope.category else []
    return scope.categories if isinstance(scope, Multiply | BoostDocument) else []


def _done(entry: Entry, before: Written | None, note: str) -> Done:
    """A change as the record keeps it: one entry for each definition, whose history can then be read by itself."""
    action = "defined" if before is None else "redefined"
    return Done(action, entry.kind, entry.key, before.plain() if before else None, entry.part.plain(), note)


def _store(entries: Iterable[Entry], version: int) -> None:
    activities, achievements = [], []
    for entry in entries:
        define(entry.kind, entry.key, entry.part.plain(), version)
        if isinstance(entry.part, ActivityDocument):
            activities.append((entry.key, entry.part.category))
        elif isinstance(entry.part, AchievementDocument):
            achievements.append((entry.key, entry.part.coach_id))
    sql.run_many(ACTIVITY_ROW, activities)
    sql.run_many(ACHIEVEMENT_ROW, achievements)


def _defined(entries: Iterable[Entry], rewards: Iterable[str], lists: Iterable[tuple[str, str]]) -> tuple[Defined, ...]:
    named = [(entry.kind.value, entry.key) for entry in entries]
    return tuple(Defined(kind, key) for kind, key in (*named, *(("reward", key) for key in rewards), *lists))
