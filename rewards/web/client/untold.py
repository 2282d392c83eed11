"""What a client reached and has not been told yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from rewards.achievements.queries import Unlocked
from rewards.messages.notices import NoticeLine
from rewards.messages.noticing import NoticeKind


@dataclass(frozen=True, slots=True)
class Moments:
    """What somebody reached and has not been told yet."""

    # Their names, the lowest first, and the number of the highest.
    levels: list[str]
    last_level: int
    unlocks: list[Unlocked]
    # The longest run of days that is worth a word; 0 for none.
    streak_days: int
    # How far the notices go that say the same.
    last_notice_id: int

    @property
    def last_unlock_id(self) -> int:
        """How far the unlocks go that are shown."""
        return max((unlock.id for unlock in self.unlocks), default=0)

    def __len__(self) -> int:
        """How much there is to tell."""
        return len(self.levels) + len(self.unlocks) + bool(self.streak_days)


def moments_of(unseen: Sequence[NoticeLine], unlocks: Sequence[Unlocked], level: int) -> Moments:
    """What these notices tell that is still theirs, who stand on that level now."""
    kinds = {line.kind for line in unseen}
    # What was undone since is no longer theirs to be told.
    levels = {line.about["number"]: line.about["name"] for line in unseen if line.kind == NoticeKind.LEVEL_REACHED}
    levels = {number: name for number, name in sorted(levels.items()) if number <= level}
    untold = [unlock for unlock in unlocks if not unlock.is_seen] if NoticeKind.ACHIEVEMENT_UNLOCKED in kinds else []
    return Moments(
        list(levels.values()),
        max(levels, default=0),
        sorted(untold, key=lambda unlock: unlock.id),
        max((line.about["days"] for line in unseen if line.kind == NoticeKind.STREAK_REACHED), default=0),
        max((line.id for line in unseen), default=0),
    )
