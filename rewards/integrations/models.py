"""Services, their keys, and the answers that were given to a key already."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from rewards.kit.columns import Document, UtcTime, Whole
from rewards.kit.database import TABLE_OPTIONS, Model


class Service(Model):
    """Another system that talks to this one."""

    __tablename__ = "services"
    __table_args__ = (TABLE_OPTIONS,)

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    # What stands in paths and headers.
    service_id: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcTime)


class ApiKey(Model):
    """What a service proves itself with. The key is shown once; only its hash is kept."""

    __tablename__ = "api_keys"
    __table_args__ = (Index("ix_api_keys_service_id", "service_id"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(Whole, primary_key=True)
    service_id: Mapped[int] = mapped_column(Whole, ForeignKey("services.id"))
    # What people call it; NULL where nobody gave it a name.
    name: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[int | None] = mapped_column(Whole, ForeignKey("users.id"))
    prefix: Mapped[str] = mapped_column(Text)
    key_hash: Mapped[str] = mapped_column(Text, unique=True)
    permissions: Mapped[list[str]] = mapped_column(Document)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcTime)

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class IdempotentAnswer(Model):
    """The answer that one caller got for one key on one route: given again for the same body, refused for another."""

    __tablename__ = "idempotent_answers"
    __table_args__ = (TABLE_OPTIONS | {"sqlite_with_rowid": False},)

    principal: Mapped[str] = mapped_column(Text, primary_key=True)
    route: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    body_hash: Mapped[str] = mapped_column(Text)
    status: Mapped[int] = mapped_column(Integer)
    body: Mapped[Any] = mapped_column(Document)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
