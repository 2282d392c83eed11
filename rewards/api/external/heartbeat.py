"""A service says that it is well."""

from flask import request

from rewards.api import reading
from rewards.api.door import door, writing
from rewards.integrations.answers import Answer
from rewards.integrations.keys import Caller
from rewards.integrations.seeing import sightings


@door.post("/heartbeat", tag="Services", permission=None, answers={204: None})
def beat(caller: Caller) -> Answer:
    """Say that the service is well: it is seen from now on, until it falls silent."""
    # Saying it twice is saying it once; a key changes nothing, but a wrong one is told as everywhere.
    reading.idempotency_key(request)
    with writing(caller):
        sightings.store()
    return Answer(204, None)
