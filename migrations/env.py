"""Runs the migrations in one transaction on the database that the application has open."""

from typing import Literal

from alembic import context
from sqlalchemy import text
from sqlalchemy.types import TypeDecorator

from rewards import tables
from rewards.kit.database import db


def render_item(kind: str, item: object, autogen_context: object) -> str | Literal[False]:
    """A migration names the plain stored type, so that it stays true when the code's own types change."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def run() -> None:
    """One transaction for all of it: an upgrade that fails leaves the old schema."""
    with db.write() as session:
        if db.dialect == "postgresql":
            # Of several processes that start at once, one migrates and the others find it done.
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": int.from_bytes(b"migrate")})
        context.configure(
            connection=session.connection(),
            target_metadata=tables.METADATA,
            render_as_batch=True,
            render_item=render_item,
            transactional_ddl=False,
        )
        context.run_migrations()


run()
