"""Ready-made programmes to start from."""

from collections.abc import Collection
from functools import cache
from pathlib import Path

from rewards.activities.definitions import current_version, lock_versions
from rewards.activities.registry import registry_in_force
from rewards.programme.changing import Change, change_programme
from rewards.programme.document import ProgrammeDocument
from rewards.programme.reading import read_programme

FOLDER = Path(__file__).with_name("kits")
# The first one is in force until somebody chooses otherwise.
KITS = ("fitness", "community")


@cache
def read_kit(name: str) -> ProgrammeDocument:
    """One of the kits."""
    file = FOLDER / f"{name}.yaml"
    return read_programme(file.read_bytes(), name=file.name)


def load_starting_kits() -> Change | None:
    """Define every kit, the first one's activities switched on; None where something is defined already. Inside a write block."""
    lock_versions()
    if current_version():
        return None
    kits = [read_kit(name) for name in KITS]
    sleeping = [activity.model_copy(update={"active": False}) for kit in kits[1:] for activity in kit.activities]
    whole = kits[0].model_copy(update={"activities": [*kits[0].activities, *sleeping]})
    return change_programme(document=whole, actor_id=None, note="The starting kits")


def choose_kits(*, names: Collection[str], actor_id: int | None) -> Change:
    """Switch the activities of these kits on and those of the others off; what else was edited in them stays. Inside a write block."""
    known = registry_in_force().activities
    switched = []
    for name in KITS:
        is_chosen = name in names
        switched += [known.get(activity.key, activity).model_copy(update={"active": is_chosen}) for activity in read_kit(name).activities]
    document = ProgrammeDocument(activities=switched)
    return change_programme(document=document, actor_id=actor_id, note=f"Kits chosen: {', '.join(names)}")
