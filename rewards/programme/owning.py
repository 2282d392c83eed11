"""Achievements have owners: a coach makes, changes and takes away their own, an admin everybody's; each time the programme changes."""

from rewards.achievements.documents import AchievementDocument
from rewards.activities.definitions import current_version, definitions_at, end_definition, lock_versions, open_version
from rewards.activities.models import Kind
from rewards.kit import sql
from rewards.kit.errors import Forbidden, NotFound, Refused
from rewards.people.auditing import Done, record_deed
from rewards.people.models import Role, User
from rewards.programme.changing import change_programme
from rewards.programme.document import ProgrammeDocument

KEY_LENGTH_MAX = 64


def may_change(actor: User, achievement: AchievementDocument) -> bool:
    """A coach their own; an admin all."""
    return actor.role == Role.ADMIN or (actor.role == Role.COACH and achievement.coach_id == actor.id)


def add_achievement(*, achievement: AchievementDocument, actor: User) -> AchievementDocument:
    """A new one, under the first free key that is like its own. A coach's belongs to that coach. Raises Invalid, Forbidden."""
    lock_versions()
    if actor.role == Role.CLIENT:
        raise Forbidden("Coaches and admins make achievements.")
    members: dict[str, object] = {"key": free_key(achievement.key)}
    if actor.role == Role.COACH:
        members |= {"coach": None, "coach_id": actor.id}
    made = achievement.model_copy(update=members)
    _change(made, actor, f"New achievement {made.name}")
    return made


def change_achievement(*, achievement: AchievementDocument, actor: User) -> None:
    """Let the achievement with this key say this. It stays whose it is. Raises Invalid, NotFound where it is not the actor's to change."""
    lock_versions()
    before = _own(achievement.key, actor)
    made = achievement.model_copy(update={"coach": None, "coach_id": before.coach_id})
    _change(made, actor, f"Changed achievement {made.name}")


def remove_achievement(*, key: str, actor: User) -> None:
    """Take away what nobody has yet. Raises NotFound, Refused (`unlocked`, `unlocked_by_rule`): what somebody has can be switched off."""
    lock_versions()
    achievement = _own(key, actor)
    if sql.value("SELECT 1 FROM unlocks u JOIN achievements a ON a.id = u.achievement_id WHERE a.key = ? LIMIT 1", (key,)):
        raise Refused("unlocked", f"Somebody has {achievement.name} already. Switch it off instead: whoever has it keeps it.")
    given = {"type": "unlock_achievement", "achievement": key}
    rule = next((row.key for row in definitions_at(current_version()) if row.kind == Kind.RULE and row.body["outcome"] == given), None)
    if rule:
        raise Refused("unlocked_by_rule", f"The rule {rule} gives {achievement.name}. Switch it off instead, or change the rule first.")
    note = f"Took away achievement {achievement.name}"
    end_definition(Kind.ACHIEVEMENT, key, open_version(actor.id, note))
    record_deed(Done("undefined", Kind.ACHIEVEMENT, key, before=achievement.plain(), note=note), actor_id=actor.id)


def _own(key: str, actor: User) -> AchievementDocument:
    stored = {row.key: row.body for row in definitions_at(current_version()) if row.kind == Kind.ACHIEVEMENT}
    found = AchievementDocument.model_validate(stored[key]) if key in stored else None
    if found is None or not may_change(actor, found):
        raise NotFound(f"achievement {key}")
    return found


def free_key(wanted: str) -> str:
    """Also the keys of what was taken away are taken: events of that time may still speak of it."""
    number, key = 1, wanted
    while sql.value("SELECT 1 FROM achievements WHERE key = ?", (key,)):
        number += 1
        key = f"{wanted[: KEY_LENGTH_MAX - len(str(number)) - 1]}_{number}"
    return key


def _change(achievement: AchievementDocument, actor: User, note: str) -> None:
    change_programme(document=ProgrammeDocument(achievements=[achievement]), actor_id=actor.id, note=note)
