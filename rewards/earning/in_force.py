"""The programme as it stands, or as it stood at a version, compiled once."""

from rewards.activities.definitions import definitions_at
from rewards.activities.registry import current_version
from rewards.earning.compiled import Programme
from rewards.earning.compiling import compile_programme
from rewards.kit.database import db

# Old versions are asked for by late retries and by rehearsals; a few are enough.
VERSIONS_KEPT = 8
TOPIC = "programme"


def programme_at(version: int) -> Programme:
    """Everything defined at that version, ready to decide with."""
    known: Programme | None = db.recall_recent(TOPIC, version)
    if known is None:
        known = compile_programme(version, definitions_at(version))
        db.remember_recent(TOPIC, version, known, VERSIONS_KEPT)
    return known


def programme_in_force() -> Programme:
    """Everything defined now. A block that only reads sees one state, so it asks once."""
    if db.is_writing:
        return programme_at(current_version())
    read = db.session.info
    if TOPIC not in read:
        read[TOPIC] = programme_at(current_version())
    in_force: Programme = read[TOPIC]
    return in_force


def forget_programme() -> None:
    """Ask anew from now on: the surrounding block has seen it changed."""
    db.session.info.pop(TOPIC, None)
