"""A service says that it is well."""

from rewards.api.door import door, writing
from rewards.integrations.answers import Answer
from rewards.integrations.keys import Caller
from rewards.integrations.seeing import sightings


@door.post("/heartbeat", tag="Services", permission=None, answers={204: None})
def beat(caller: Caller) -> Answer:
    """Say that the service is well: it is seen from now on, until it falls silent."""
    with writing(caller):
        sightings.store()
    return Answer(204, None)
