"""The coaches that achievements belong to: people write an e-mail, what is stored is an id."""

from collections.abc import Iterable

from sqlalchemy import select

from rewards.achievements.documents import AchievementDocument
from rewards.kit.database import db
from rewards.kit.written import Misfit
from rewards.people.models import Role, User
from rewards.people.queries import user_by_email, user_by_id


def with_coach_id(achievement: AchievementDocument, before: AchievementDocument | None) -> AchievementDocument:
    """The achievement as it is stored. Raises Misfit where nobody is that coach; whoever was its coach before may stay it."""
    if achievement.coach is None and achievement.coach_id is None:
        return achievement
    field, written = ("coach", achievement.coach) if achievement.coach else ("coach_id", achievement.coach_id)
    found = user_by_email(achievement.coach) if achievement.coach else user_by_id(achievement.coach_id or 0)
    stays = found is not None and before is not None and before.coach_id == found.id
    if found is None or not (stays or found.role != Role.CLIENT):
        raise Misfit.single(field, "somebody who coaches here is expected", written)
    if achievement.coach_id not in (None, found.id):
        raise Misfit.single("coach_id", "says another coach than `coach`; write one of them", achievement.coach_id)
    return achievement.model_copy(update={"coach": None, "coach_id": found.id})


def with_coach_emails(achievements: Iterable[AchievementDocument]) -> list[AchievementDocument]:
    """Stored achievements as people write them."""
    listed = list(achievements)
    ids = [achievement.coach_id for achievement in listed if achievement.coach_id is not None]
    question = select(User.id, User.email).where(User.id.in_(ids))
    emails: dict[int | None, str] = dict(db.session.execute(question).all()) if ids else {}
    return [_with_email(achievement, emails.get(achievement.coach_id)) for achievement in listed]


def _with_email(achievement: AchievementDocument, email: str | None) -> AchievementDocument:
    return achievement.model_copy(update={"coach": email, "coach_id": None}) if email else achievement
