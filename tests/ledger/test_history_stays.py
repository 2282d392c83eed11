"""L7: history cannot be edited through the application's own connection."""

import pytest

from rewards.kit import sql
from rewards.kit.database import Database
from rewards.ledger.accounts import holding_of
from rewards.ledger.models import Owner
from rewards.ledger.posting import Movement, post
from tests.cast import Cast

ROW = "(id, asset, debit_id, credit_id, amount, reason, posted_at, metadata, idempotency_key)"
COPY = "SELECT id, asset, debit_id, credit_id, 9999, reason, posted_at, metadata, idempotency_key FROM transfers WHERE id = 1"
COPY_OF_KEY = "SELECT 77, asset, debit_id, credit_id, 9999, reason, posted_at, metadata, idempotency_key FROM transfers WHERE id = 1"

EVERYWHERE = {
    "an amount is edited": "UPDATE transfers SET amount = 9999 WHERE id = 1",
    "a reason is edited": "UPDATE transfers SET reason = 'another' WHERE id = 1",
    "a row is deleted": "DELETE FROM transfers WHERE id = 1",
    "everything is deleted": "DELETE FROM transfers",
    "an upsert edits": f"INSERT INTO transfers {ROW} {COPY} ON CONFLICT (id) DO UPDATE SET amount = excluded.amount",
    "a balance is raised": "UPDATE accounts SET balance = balance + 1 WHERE owner_kind = 'user'",
    "a balance is lowered": "UPDATE accounts SET balance = balance - 1 WHERE owner_kind = 'user'",
    "a balance and its mark are moved together": "UPDATE accounts SET balance = balance + 50, last_transfer_id = last_transfer_id + 1",
    "the mark is put back to move again": "UPDATE accounts SET last_transfer_id = 0 WHERE owner_kind = 'user'",
    "an account changes its owner": "UPDATE accounts SET owner_id = owner_id + 1 WHERE owner_kind = 'user'",
    "an account is deleted": "DELETE FROM accounts WHERE owner_kind = 'user'",
    "an account begins rich": "INSERT INTO accounts (owner_kind, owner_id, asset, balance, spendable, last_transfer_id)"
    " VALUES ('user', 4, 'points', 500, 1, 0)",
}
ON_SQLITE = {
    "a row is replaced on update": "UPDATE OR REPLACE transfers SET amount = 9999 WHERE id = 1",
    "a row is replaced on insert by its id": f"INSERT OR REPLACE INTO transfers {ROW} {COPY}",
    "a row is replaced on insert by its key": f"INSERT OR REPLACE INTO transfers {ROW} {COPY_OF_KEY}",
    "an account is replaced": "INSERT OR REPLACE INTO accounts SELECT id, owner_kind, owner_id, asset, 0, spendable, 0 FROM accounts",
}
ON_POSTGRESQL = {"everything is truncated": "TRUNCATE transfers CASCADE"}


def state() -> tuple[object, ...]:
    return sql.rows("SELECT * FROM transfers ORDER BY id"), sql.rows("SELECT * FROM accounts ORDER BY id")


@pytest.fixture
def posted(database: Database, cast: Cast) -> Database:
    with database.write():
        post([Movement(holding_of(cast.ada, "points"), Owner.ISSUED, 50, "a test", "a key")])
    return database


@pytest.mark.parametrize("attack", [*EVERYWHERE, *ON_SQLITE, *ON_POSTGRESQL])
def test_history_stays_when(posted: Database, attack: str) -> None:
    others = ON_POSTGRESQL if posted.dialect == "sqlite" else ON_SQLITE
    if attack in others:
        return  # The other database does not know this statement.
    with posted.read():
        before = state()
    statement = (EVERYWHERE | ON_SQLITE | ON_POSTGRESQL)[attack]
    with pytest.raises(Exception, match=r"append-only|follows its transfers|keeps its owner|stays|begins empty"), posted.write():
        sql.run(statement)
    with posted.read():
        assert state() == before


def test_without_the_triggers_the_same_attacks_succeed(posted: Database) -> None:
    """The control: it is the triggers that refuse, and the attacks are real."""
    with posted.write():
        if posted.dialect == "sqlite":
            for (trigger,) in sql.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
                sql.run(f"DROP TRIGGER {trigger}")
        else:
            sql.run("ALTER TABLE transfers DISABLE TRIGGER USER")
            sql.run("ALTER TABLE accounts DISABLE TRIGGER USER")
        sql.run(EVERYWHERE["an amount is edited"])
        sql.run(EVERYWHERE["a balance is raised"])
        assert sql.value("SELECT amount FROM transfers WHERE id = 1") == 9999
