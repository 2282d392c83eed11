"""Codes that bring others here: short enough to be said, and none can be taken for another."""

import secrets

from sqlalchemy import select

from rewards.campaigns.subscriber_models import Subscriber
from rewards.kit.database import db

# Without 0, 1, i, l and o.
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 8


def new_code() -> str:
    """A code that nobody has."""
    while True:
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        if db.session.scalar(select(Subscriber.id).where(Subscriber.code == code)) is None:
            return code


def folded_code(code: str) -> str:
    """A code as it is stored, however it was typed; empty where it cannot be one."""
    folded = "".join(letter for letter in code.strip().lower() if letter not in " -")
    return folded if len(folded) == LENGTH and set(folded) <= set(LETTERS) else ""
