"""Triggers that refuse: history that cannot be rewritten, whoever asks and however."""

from collections.abc import Sequence


def append_only(dialect: str, table: str, unique_columns: Sequence[str] = ("id",)) -> list[str]:
    """Statements that make `table` append-only; columns that are unique together stand in one text, with commas.

    On SQLite a REPLACE would delete the old row unseen, so an insert that meets one is refused too.
    """
    refusal = f"{table} is append-only"
    if dialect == "sqlite":
        taken = " OR ".join(" AND ".join(f"{column} = NEW.{column}" for column in one.split(", ")) for one in unique_columns)
        return [
            f"CREATE TRIGGER {table}_refuses_{verb} BEFORE {verb.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            for verb in ("update", "delete")
        ] + [
            f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken})"
            f" BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        ]
    function = f"{table}_refuse"
    return [
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()",
        f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
    ]
