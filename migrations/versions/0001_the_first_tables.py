"""The first tables."""

import sqlalchemy as sa
from alembic import op

from rewards.kit.refusing import append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


# In the order in which they refer to each other.
TABLES = (
    "accounts",
    "activities",
    "idempotent_answers",
    "job_leaders",
    "job_runs",
    "services",
    "users",
    "achievements",
    "api_keys",
    "audit_entries",
    "consents",
    "daily_activity",
    "daily_flows",
    "daily_sums",
    "invitations",
    "last_days",
    "links",
    "mails",
    "notes",
    "notices",
    "past_zones",
    "programme_versions",
    "sessions",
    "streaks",
    "definitions",
    "events",
    "level_reaches",
    "transfers",
    "unlocks",
    "inputs",
    "rehearsals",
    "questions",
    "taken_ids",
    "circles",
    "memberships",
    "feed_items",
    "cheers",
    "rewards",
    "aims",
    "redemptions",
    "voucher_codes",
    "waitlists",
    "campaigns",
    "campaign_versions",
    "subscribers",
    "referrals",
    "campaign_events",
    "milestones",
    "fraud_flags",
    "visits",
    "entrants",
    "boards",
    "rank_blocks",
    "snapshots",
    "snapshot_places",
    "campaign_rewards",
    "subscriber_rewards",
    "daily_steps",
    "failed_referrals",
    "rank_groups",
    "kept_places",
)

# What the transfers say about one account after a given one.
MOVED = (
    "coalesce((SELECT sum(amount) FROM transfers WHERE credit_id = NEW.id AND id > {after} AND id <= NEW.last_transfer_id), 0)"
    " - coalesce((SELECT sum(amount) FROM transfers WHERE debit_id = NEW.id AND id > {after} AND id <= NEW.last_transfer_id), 0)"
)
# A balance moves by exactly the transfers it has not taken in yet, or is set to exactly what all of them say.
FOLLOWS = (
    f"(NEW.last_transfer_id > OLD.last_transfer_id AND NEW.balance - OLD.balance = {MOVED.format(after='OLD.last_transfer_id')})"
    f" OR (NEW.last_transfer_id >= OLD.last_transfer_id AND NEW.balance = {MOVED.format(after='0')})"
)
MOVES = "NEW.balance <> OLD.balance OR NEW.last_transfer_id <> OLD.last_transfer_id"
IS_ANOTHER = "NEW.id <> OLD.id OR NEW.owner_kind <> OLD.owner_kind OR NEW.owner_id <> OLD.owner_id OR NEW.asset <> OLD.asset"
REFUSAL = "a balance follows its transfers"

GUARDS = {
    "sqlite": [
        f"CREATE TRIGGER accounts_follow_transfers BEFORE UPDATE ON accounts WHEN {MOVES}"
        f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}') WHERE NOT ({FOLLOWS}); END",
        f"CREATE TRIGGER accounts_keep_their_owner BEFORE UPDATE ON accounts WHEN {IS_ANOTHER}"
        " BEGIN SELECT RAISE(ABORT, 'an account keeps its owner'); END",
        "CREATE TRIGGER accounts_begin_empty BEFORE INSERT ON accounts"
        " WHEN NEW.balance <> 0 OR NEW.last_transfer_id <> 0 OR EXISTS (SELECT 1 FROM accounts WHERE id = NEW.id)"
        " BEGIN SELECT RAISE(ABORT, 'an account begins empty'); END",
        "CREATE TRIGGER accounts_refuse_delete BEFORE DELETE ON accounts BEGIN SELECT RAISE(ABORT, 'an account stays'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION accounts_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'an account stays' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        " IF TG_OP = 'INSERT' THEN"
        " IF NEW.balance <> 0 OR NEW.last_transfer_id <> 0 THEN"
        " RAISE EXCEPTION 'an account begins empty' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        " RETURN NEW; END IF;"
        f" IF {IS_ANOTHER} THEN RAISE EXCEPTION 'an account keeps its owner' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        f" IF ({MOVES}) AND NOT ({FOLLOWS}) THEN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        " RETURN NEW; END $$",
        "CREATE TRIGGER accounts_guard BEFORE INSERT OR UPDATE OR DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION accounts_guard()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column(
            "owner_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("asset", sa.Text(), nullable=False),
        sa.Column(
            "balance",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("spendable", sa.Integer(), nullable=False),
        sa.Column(
            "last_transfer_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "owner_kind IN ('user', 'subscriber') OR balance = 0",
            name=op.f("ck_accounts_system_keeps_no_balance"),
        ),
        sa.CheckConstraint(
            "owner_kind IN ('user', 'subscriber', 'issued', 'redeemed', 'expired', 'held', 'written_off', 'adjusted')",
            name=op.f("ck_accounts_owner_kind"),
        ),
        sa.CheckConstraint("spendable = 0 OR balance >= 0", name=op.f("ck_accounts_not_overdrawn")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("id", "asset", name=op.f("uq_accounts_id_asset")),
        sa.UniqueConstraint(
            "owner_kind",
            "owner_id",
            "asset",
            name=op.f("uq_accounts_owner_kind_owner_id_asset"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "activities",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
        sa.UniqueConstraint("key", name=op.f("uq_activities_key")),
        sqlite_strict=True,
    )
    op.create_table(
        "idempotent_answers",
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("principal", "route", "key", name=op.f("pk_idempotent_answers")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "job_leaders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("leader", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.Text(), nullable=False),
        sa.Column("clock_moved_at", sa.Text(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_job_leaders_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_leaders")),
        sqlite_strict=True,
    )
    op.create_table(
        "job_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("scheduled_for", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("leader", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('running', 'done', 'failed')", name=op.f("ck_job_runs_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_runs")),
        sa.UniqueConstraint("job", "scheduled_for", name=op.f("uq_job_runs_job_scheduled_for")),
        sqlite_strict=True,
    )
    op.create_table(
        "services",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("last_seen_at", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint("service_id", name=op.f("uq_services_service_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_verified_at", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column(
            "coach_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("timezone_since", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("joined_on", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("preferences", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.CheckConstraint("role IN ('client', 'coach', 'admin')", name=op.f("ck_users_role")),
        sa.CheckConstraint("status IN ('active', 'disabled')", name=op.f("ck_users_status")),
        sa.ForeignKeyConstraint(["coach_id"], ["users.id"], name=op.f("fk_users_coach_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index("ix_users_coach_id_name_id", ["coach_id", "name", "id"], unique=False)
        batch_op.create_index("ix_users_role_name_id", ["role", "name", "id"], unique=False)
        batch_op.create_index("uq_users_external_id", ["external_id"], unique=True)

    op.create_table(
        "achievements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "coach_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["coach_id"], ["users.id"], name=op.f("fk_achievements_coach_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_achievements")),
        sa.UniqueConstraint("key", name=op.f("uq_achievements_key")),
        sqlite_strict=True,
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "service_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("permissions", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=True),
        sa.Column("revoked_at", sa.Text(), nullable=True),
        sa.Column("last_used_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_api_keys_created_by")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_api_keys_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.create_index("ix_api_keys_service_id", ["service_id"], unique=False)

    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_audit_entries_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entries_action_at_id", ["action", "at", "id"], unique=False)
        batch_op.create_index("ix_audit_entries_actor_id_at_id", ["actor_id", "at", "id"], unique=False)
        batch_op.create_index("ix_audit_entries_at_id", ["at", "id"], unique=False)
        batch_op.create_index(
            "ix_audit_entries_object_kind_object_id_at_id",
            ["object_kind", "object_id", "at", "id"],
            unique=False,
        )

    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_notes_author_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.create_index("ix_notes_user_id_id", ["user_id", "id"], unique=False)

    op.create_table(
        "consents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_consents_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.create_index("ix_consents_user_id", ["user_id"], unique=False)

    op.create_table(
        "daily_activity",
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column(
            "activity_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.Column("xp", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "points",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "money",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_daily_activity_activity_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_daily_activity_user_id")),
        sa.PrimaryKeyConstraint("user_id", "day", "activity_id", name=op.f("pk_daily_activity")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "daily_flows",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("asset", sa.Text(), nullable=False),
        sa.Column("counterpart", sa.Text(), nullable=False),
        sa.Column("writer", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("transfers", sa.Integer(), nullable=False),
        sa.Column("given", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("taken", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("day", "asset", "counterpart", "writer", name=op.f("pk_daily_flows")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "daily_sums",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("writer", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("events", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("paid", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("xp", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("points", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("money", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_daily_sums_activity_id")),
        sa.PrimaryKeyConstraint("day", "activity_id", "writer", name=op.f("pk_daily_sums")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("coach_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("invited_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.Text(), nullable=True),
        sa.Column("used_at", sa.Text(), nullable=True),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("role IN ('client', 'coach', 'admin')", name=op.f("ck_invitations_role")),
        sa.CheckConstraint("(used_at IS NULL) = (user_id IS NULL)", name=op.f("ck_invitations_used_by_somebody")),
        sa.ForeignKeyConstraint(["coach_id"], ["users.id"], name=op.f("fk_invitations_coach_id")),
        sa.ForeignKeyConstraint(["invited_by"], ["users.id"], name=op.f("fk_invitations_invited_by")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_invitations_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(
            "uq_invitations_open_email",
            ["email"],
            unique=True,
            sqlite_where=sa.text("used_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("used_at IS NULL AND withdrawn_at IS NULL"),
        )

    op.create_table(
        "last_days",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("active_on", sa.Text(), nullable=False),
        sa.Column("earned_on", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_last_days_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_last_days")),
        sqlite_strict=True,
    )
    op.create_table(
        "links",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=False),
        sa.Column("used_at", sa.Text(), nullable=True),
        sa.CheckConstraint("purpose IN ('reset', 'verify', 'set_up')", name=op.f("ck_links_purpose")),
        sa.CheckConstraint("(purpose = 'set_up') = (user_id IS NULL)", name=op.f("ck_links_for_somebody")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_links_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_links_token_hash")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index("ix_links_user_id", ["user_id"], unique=False)

    op.create_table(
        "mails",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("message_key", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.Text(), nullable=True),
        sa.Column("claim_token", sa.Text(), nullable=True),
        sa.Column("leased_until", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'retrying', 'sent', 'dead', 'dropped')", name=op.f("ck_mails_state")),
        sa.CheckConstraint(
            "(next_attempt_at IS NOT NULL) = (state IN ('waiting', 'retrying'))",
            name=op.f("ck_mails_open_has_a_time"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("message_key", name=op.f("uq_mails_message_key")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mails_next_attempt_at",
            ["next_attempt_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('waiting', 'retrying')"),
            postgresql_where=sa.text("state IN ('waiting', 'retrying')"),
        )
        batch_op.create_index("ix_mails_state_id", ["state", "id"], unique=False)

    op.create_table(
        "notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notices_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("user_id", "cause", name=op.f("uq_notices_user_id_cause")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notices_unseen",
            ["user_id"],
            unique=False,
            sqlite_where=sa.text("seen_at IS NULL"),
            postgresql_where=sa.text("seen_at IS NULL"),
        )
        batch_op.create_index("ix_notices_user_id_id", ["user_id", "id"], unique=False)

    op.create_table(
        "past_zones",
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("until", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_past_zones_user_id")),
        sa.PrimaryKeyConstraint("user_id", "until", name=op.f("pk_past_zones")),
        sqlite_strict=True,
    )
    op.create_table(
        "programme_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column(
            "actor_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_programme_versions_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_versions")),
        sqlite_strict=True,
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("last_seen_at", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index("ix_sessions_user_id", ["user_id"], unique=False)

    op.create_table(
        "streaks",
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "activity_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("current", sa.Integer(), nullable=False),
        sa.Column("best", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_streaks_activity_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_streaks_user_id")),
        sa.PrimaryKeyConstraint("user_id", "activity_id", name=op.f("pk_streaks")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "definitions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "since_version",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "until_version",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.CheckConstraint(
            "kind IN ('programme', 'category', 'activity', 'rule', 'boost', 'level', 'achievement')",
            name=op.f("ck_definitions_kind"),
        ),
        sa.CheckConstraint(
            "until_version IS NULL OR until_version > since_version",
            name=op.f("ck_definitions_versions_rise"),
        ),
        sa.ForeignKeyConstraint(
            ["since_version"],
            ["programme_versions.id"],
            name=op.f("fk_definitions_since_version"),
        ),
        sa.ForeignKeyConstraint(
            ["until_version"],
            ["programme_versions.id"],
            name=op.f("fk_definitions_until_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definitions")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("definitions", schema=None) as batch_op:
        batch_op.create_index(
            "uq_definitions_current",
            ["kind", "key"],
            unique=True,
            sqlite_where=sa.text("until_version IS NULL"),
            postgresql_where=sa.text("until_version IS NULL"),
        )

    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "activity_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Text(), nullable=False),
        sa.Column("received_at", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column(
            "actor_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "cause_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "version_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("first_answer", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.Text(), nullable=True),
        sa.Column("claim_token", sa.Text(), nullable=True),
        sa.Column("leased_until", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("unmatched", sa.Integer(), server_default="0", nullable=False),
        sa.Column("decided_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("first_result", sa.Text(), nullable=True),
        sa.Column("trace", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.Text(), nullable=True),
        sa.Column("undone_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("undoing", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'processed', 'retrying', 'dead', 'undone')",
            name=op.f("ck_events_state"),
        ),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_events_activity_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_events_actor_id")),
        sa.ForeignKeyConstraint(["cause_id"], ["events.id"], name=op.f("fk_events_cause_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["users.id"], name=op.f("fk_events_undone_by")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_events_user_id")),
        sa.ForeignKeyConstraint(["version_id"], ["programme_versions.id"], name=op.f("fk_events_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_activity_id_id", ["activity_id", "id"], unique=False)
        batch_op.create_index(
            "ix_events_unmatched",
            ["id"],
            unique=False,
            sqlite_where=sa.text("unmatched = 1"),
            postgresql_where=sa.text("unmatched = 1"),
        )
        batch_op.create_index(
            "ix_events_unprocessed",
            ["state", "id"],
            unique=False,
            sqlite_where=sa.text("state <> 'processed'"),
            postgresql_where=sa.text("state <> 'processed'"),
        )
        batch_op.create_index("ix_events_user_id_occurred_at", ["user_id", "occurred_at"], unique=False)
        batch_op.create_index(
            "ix_events_waiting",
            ["next_attempt_at", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('queued', 'retrying')"),
            postgresql_where=sa.text("state IN ('queued', 'retrying')"),
        )
        batch_op.create_index(
            "uq_events_source_idempotency_key",
            ["source", "idempotency_key"],
            unique=True,
        )

    op.create_table(
        "level_reaches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reached_at", sa.Text(), nullable=False),
        sa.Column(
            "event_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("seen_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_level_reaches_event_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_level_reaches_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_reaches")),
        sa.UniqueConstraint("user_id", "number", name=op.f("uq_level_reaches_user_id_number")),
        sqlite_strict=True,
    )
    op.create_table(
        "transfers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asset", sa.Text(), nullable=False),
        sa.Column(
            "debit_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "credit_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "amount",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("posted_at", sa.Text(), nullable=False),
        sa.Column(
            "event_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "rule_version_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "actor_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("decided_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "reverses_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.CheckConstraint(
            "amount > 0 AND amount <= 9000000000000000",
            name=op.f("ck_transfers_amount"),
        ),
        sa.CheckConstraint("debit_id <> credit_id", name=op.f("ck_transfers_two_accounts")),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_transfers_actor_id")),
        sa.ForeignKeyConstraint(
            ["credit_id", "asset"],
            ["accounts.id", "accounts.asset"],
            name=op.f("fk_transfers_credit_id_asset"),
        ),
        sa.ForeignKeyConstraint(
            ["debit_id", "asset"],
            ["accounts.id", "accounts.asset"],
            name=op.f("fk_transfers_debit_id_asset"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_transfers_event_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["transfers.id"], name=op.f("fk_transfers_reverses_id")),
        sa.ForeignKeyConstraint(
            ["rule_version_id"],
            ["definitions.id"],
            name=op.f("fk_transfers_rule_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_transfers_idempotency_key")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("transfers", schema=None) as batch_op:
        batch_op.create_index("ix_transfers_credit_id_id", ["credit_id", "id"], unique=False)
        batch_op.create_index("ix_transfers_debit_id_id", ["debit_id", "id"], unique=False)
        batch_op.create_index(
            "ix_transfers_reference",
            ["reference"],
            unique=False,
            sqlite_where=sa.text("reference IS NOT NULL"),
            postgresql_where=sa.text("reference IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_transfers_reverses_id",
            ["reverses_id"],
            unique=True,
            sqlite_where=sa.text("reverses_id IS NOT NULL"),
            postgresql_where=sa.text("reverses_id IS NOT NULL"),
        )

    op.create_table(
        "unlocks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "user_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "achievement_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("unlocked_at", sa.Text(), nullable=False),
        sa.Column(
            "awarded_by",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "event_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "bonus_event_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("found_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("seen_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["achievement_id"],
            ["achievements.id"],
            name=op.f("fk_unlocks_achievement_id"),
        ),
        sa.ForeignKeyConstraint(["awarded_by"], ["users.id"], name=op.f("fk_unlocks_awarded_by")),
        sa.ForeignKeyConstraint(["bonus_event_id"], ["events.id"], name=op.f("fk_unlocks_bonus_event_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_unlocks_event_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_unlocks_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unlocks")),
        sa.UniqueConstraint("user_id", "achievement_id", name=op.f("uq_unlocks_user_id_achievement_id")),
        sqlite_strict=True,
    )

    op.create_table(
        "inputs",
        sa.Column("decided_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("achievement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("kind IN ('undo', 'unlock')", name=op.f("ck_inputs_kind")),
        sa.ForeignKeyConstraint(["achievement_id"], ["achievements.id"], name=op.f("fk_inputs_achievement_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_inputs_actor_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_inputs_event_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_inputs_user_id")),
        sa.ForeignKeyConstraint(["version_id"], ["programme_versions.id"], name=op.f("fk_inputs_version_id")),
        sa.PrimaryKeyConstraint("decided_no", name=op.f("pk_inputs")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("inputs", schema=None) as batch_op:
        batch_op.create_index("ix_inputs_user_id_decided_no", ["user_id", "decided_no"], unique=False)

    op.create_table(
        "rehearsals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asked_at", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("people_done", sa.Integer(), nullable=False),
        sa.Column("last_user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mode", sa.Text(), nullable=True),
        sa.Column("cut_off", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("totals", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.Text(), nullable=True),
        sa.CheckConstraint("mode IN ('forward', 'top_up', 'restate')", name=op.f("ck_rehearsals_mode")),
        sa.CheckConstraint("state IN ('asked', 'failed', 'rehearsed', 'applying', 'applied')", name=op.f("ck_rehearsals_state")),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_rehearsals_actor_id")),
        sa.ForeignKeyConstraint(["version_id"], ["programme_versions.id"], name=op.f("fk_rehearsals_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rehearsals")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )

    op.create_table(
        "questions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.Text(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answer_event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name=op.f("ck_questions_answered_has_a_time")),
        sa.CheckConstraint("outcome IN ('paid', 'logged', 'explained')", name=op.f("ck_questions_outcome")),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_questions_activity_id")),
        sa.ForeignKeyConstraint(["answer_event_id"], ["events.id"], name=op.f("fk_questions_answer_event_id")),
        sa.ForeignKeyConstraint(["answered_by"], ["users.id"], name=op.f("fk_questions_answered_by")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_questions_event_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_questions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_questions_open",
            ["id"],
            unique=False,
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )
        batch_op.create_index("ix_questions_user_id_id", ["user_id", "id"], unique=False)
        batch_op.create_index(
            "uq_questions_open_day",
            ["user_id", "activity_id", "day"],
            unique=True,
            sqlite_where=sa.text("answered_at IS NULL AND event_id IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL AND event_id IS NULL"),
        )
        batch_op.create_index(
            "uq_questions_open_event",
            ["event_id"],
            unique=True,
            sqlite_where=sa.text("answered_at IS NULL AND event_id IS NOT NULL"),
            postgresql_where=sa.text("answered_at IS NULL AND event_id IS NOT NULL"),
        )

    op.create_table(
        "taken_ids",
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("last_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("table_name", name=op.f("pk_taken_ids")),
        sqlite_strict=True,
    )

    op.create_table(
        "circles",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("coach_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("goal_xp", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.Text(), nullable=True),
        sa.CheckConstraint("goal_xp > 0", name=op.f("ck_circles_goal_xp")),
        sa.ForeignKeyConstraint(["coach_id"], ["users.id"], name=op.f("fk_circles_coach_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circles")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("circles", schema=None) as batch_op:
        batch_op.create_index("ix_circles_coach_id", ["coach_id"], unique=False)

    op.create_table(
        "memberships",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("circle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shows", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.Text(), nullable=False),
        sa.Column("left_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_memberships_circle_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_memberships_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index("ix_memberships_circle_id_user_id", ["circle_id", "user_id"], unique=False)
        batch_op.create_index(
            "uq_memberships_open_user_id",
            ["user_id"],
            unique=True,
            sqlite_where=sa.text("left_at IS NULL"),
            postgresql_where=sa.text("left_at IS NULL"),
        )

    op.create_table(
        "feed_items",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("circle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("xp", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('event', 'level', 'achievement')", name=op.f("ck_feed_items_kind")),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_feed_items_circle_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_feed_items_event_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_feed_items_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_items")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("feed_items", schema=None) as batch_op:
        batch_op.create_index("ix_feed_items_circle_id_at_id", ["circle_id", "at", "id"], unique=False)
        batch_op.create_index("ix_feed_items_user_id", ["user_id"], unique=False)
        batch_op.create_index("uq_feed_items_circle_id_user_id_kind_about", ["circle_id", "user_id", "kind", "about"], unique=True)

    op.create_table(
        "cheers",
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["feed_items.id"], name=op.f("fk_cheers_item_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_cheers_user_id")),
        sa.PrimaryKeyConstraint("item_id", "user_id", name=op.f("pk_cheers")),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )

    op.create_table(
        "rewards",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("coach_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("points_cost", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stock", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pooled", sa.Integer(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("picture", sa.Text(), nullable=True),
        sa.Column("picture_alt", sa.Text(), nullable=False),
        sa.Column("value_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("external_url", sa.Text(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("available_from", sa.Text(), nullable=True),
        sa.Column("available_until", sa.Text(), nullable=True),
        sa.Column("limit_count", sa.Integer(), nullable=True),
        sa.Column("limit_period", sa.Text(), nullable=True),
        sa.Column("level_number", sa.Integer(), nullable=True),
        sa.Column("valid_days", sa.Integer(), nullable=True),
        sa.CheckConstraint("limit_period IN ('day', 'week', 'month', 'ever')", name=op.f("ck_rewards_limit_period")),
        sa.CheckConstraint(
            "type IN ('discount', 'cashback', 'product', 'service', 'badge', 'feature', 'access', 'digital', 'custom')",
            name=op.f("ck_rewards_type"),
        ),
        sa.CheckConstraint("(limit_count IS NULL) = (limit_period IS NULL)", name=op.f("ck_rewards_limit_has_a_period")),
        sa.CheckConstraint("(value_minor IS NULL) = (currency IS NULL)", name=op.f("ck_rewards_value_has_a_currency")),
        sa.CheckConstraint("points_cost >= 0", name=op.f("ck_rewards_points_cost")),
        sa.CheckConstraint("pooled = 0 OR stock IS NOT NULL", name=op.f("ck_rewards_pool_is_counted")),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_rewards_stock")),
        sa.ForeignKeyConstraint(["coach_id"], ["users.id"], name=op.f("fk_rewards_coach_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rewards")),
        sa.UniqueConstraint("external_id", name=op.f("uq_rewards_external_id")),
        sa.UniqueConstraint("key", name=op.f("uq_rewards_key")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("rewards", schema=None) as batch_op:
        batch_op.create_index("ix_rewards_coach_id", ["coach_id"], unique=False)

    op.create_table(
        "aims",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("reward_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["reward_id"], ["rewards.id"], name=op.f("fk_aims_reward_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_aims_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_aims")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("aims", schema=None) as batch_op:
        batch_op.create_index("ix_aims_reward_id", ["reward_id"], unique=False)

    op.create_table(
        "redemptions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reward_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("value_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("coach_note", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.Text(), nullable=True),
        sa.Column("settled_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.CheckConstraint("(status = 'pending') = (settled_at IS NULL)", name=op.f("ck_redemptions_settled_has_a_time")),
        sa.CheckConstraint("status IN ('pending', 'fulfilled', 'rejected', 'cancelled', 'expired')", name=op.f("ck_redemptions_status")),
        sa.CheckConstraint("points >= 0", name=op.f("ck_redemptions_points")),
        sa.ForeignKeyConstraint(["reward_id"], ["rewards.id"], name=op.f("fk_redemptions_reward_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["users.id"], name=op.f("fk_redemptions_settled_by")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_redemptions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemptions")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_redemptions_idempotency_key")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("redemptions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_redemptions_expires_at",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )
        batch_op.create_index("ix_redemptions_reward_id_user_id_status", ["reward_id", "user_id", "status"], unique=False)
        batch_op.create_index("ix_redemptions_status_id", ["status", "id"], unique=False)
        batch_op.create_index("ix_redemptions_status_settled_at_id", ["status", "settled_at", "id"], unique=False)
        batch_op.create_index("ix_redemptions_user_id_id", ["user_id", "id"], unique=False)

    op.create_table(
        "voucher_codes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reward_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("redemption_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["redemption_id"], ["redemptions.id"], name=op.f("fk_voucher_codes_redemption_id")),
        sa.ForeignKeyConstraint(["reward_id"], ["rewards.id"], name=op.f("fk_voucher_codes_reward_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_codes")),
        sa.UniqueConstraint("reward_id", "code", name=op.f("uq_voucher_codes_reward_id_code")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("voucher_codes", schema=None) as batch_op:
        batch_op.create_index(
            "uq_voucher_codes_redemption_id",
            ["redemption_id"],
            unique=True,
            sqlite_where=sa.text("redemption_id IS NOT NULL"),
            postgresql_where=sa.text("redemption_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_voucher_codes_free",
            ["reward_id", "id"],
            unique=False,
            sqlite_where=sa.text("redemption_id IS NULL AND shown = 0"),
            postgresql_where=sa.text("redemption_id IS NULL AND shown = 0"),
        )

    op.create_table(
        "waitlists",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("coach_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["coach_id"], ["users.id"], name=op.f("fk_waitlists_coach_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlists")),
        sa.UniqueConstraint("key", name=op.f("uq_waitlists_key")),
        sa.UniqueConstraint("slug", name=op.f("uq_waitlists_slug")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("waitlists", schema=None) as batch_op:
        batch_op.create_index("ix_waitlists_coach_id", ["coach_id"], unique=False)

    op.create_table(
        "campaigns",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("waitlist_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("starts_at", sa.Text(), nullable=True),
        sa.Column("ends_at", sa.Text(), nullable=True),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("published_at", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.Text(), nullable=True),
        sa.Column("resolved_at", sa.Text(), nullable=True),
        sa.Column("told_sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("status IN ('draft', 'live', 'paused', 'ended')", name=op.f("ck_campaigns_status")),
        sa.ForeignKeyConstraint(["waitlist_id"], ["waitlists.id"], name=op.f("fk_campaigns_waitlist_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("id", "waitlist_id", name=op.f("uq_campaigns_id_waitlist_id")),
        sa.UniqueConstraint("key", name=op.f("uq_campaigns_key")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.create_index("ix_campaigns_waitlist_id", ["waitlist_id"], unique=False)
        batch_op.create_index(
            "uq_campaigns_active_waitlist_id",
            ["waitlist_id"],
            unique=True,
            sqlite_where=sa.text("status IN ('live', 'paused')"),
            postgresql_where=sa.text("status IN ('live', 'paused')"),
        )

    op.create_table(
        "campaign_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_versions_campaign_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_campaign_versions_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_versions")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_campaign_versions_campaign_id_number")),
        sqlite_strict=True,
    )

    op.create_table(
        "subscribers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("waitlist_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("display", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=True),
        sa.Column("consented_at", sa.Text(), nullable=True),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("display IN ('first_name', 'initials', 'hidden')", name=op.f("ck_subscribers_display")),
        sa.CheckConstraint("status IN ('active', 'disqualified', 'erased')", name=op.f("ck_subscribers_status")),
        sa.CheckConstraint("(consent IS NULL) = (consented_at IS NULL)", name=op.f("ck_subscribers_consent")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_subscribers_user_id")),
        sa.ForeignKeyConstraint(["waitlist_id"], ["waitlists.id"], name=op.f("fk_subscribers_waitlist_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscribers")),
        sa.UniqueConstraint("code", name=op.f("uq_subscribers_code")),
        sa.UniqueConstraint("id", "waitlist_id", name=op.f("uq_subscribers_id_waitlist_id")),
        sa.UniqueConstraint("waitlist_id", "address", name=op.f("uq_subscribers_waitlist_id_address")),
        sa.UniqueConstraint("waitlist_id", "sequence", name=op.f("uq_subscribers_waitlist_id_sequence")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("subscribers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_subscribers_out",
            ["waitlist_id", "status", "verified_at"],
            unique=False,
            sqlite_where=sa.text("status <> 'active'"),
            postgresql_where=sa.text("status <> 'active'"),
        )
        batch_op.create_index(
            "ix_subscribers_user_id",
            ["user_id"],
            unique=False,
            sqlite_where=sa.text("user_id IS NOT NULL"),
            postgresql_where=sa.text("user_id IS NOT NULL"),
        )
        batch_op.create_index("ix_subscribers_waitlist_id_device_joined_at", ["waitlist_id", "device", "joined_at"], unique=False)
        batch_op.create_index("ix_subscribers_waitlist_id_mailbox", ["waitlist_id", "mailbox"], unique=False)
        batch_op.create_index("ix_subscribers_waitlist_id_network_joined_at", ["waitlist_id", "network", "joined_at"], unique=False)

    op.create_table(
        "referrals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("waitlist_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("referrer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("referee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("scored", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.Column("counts_at", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'held', 'confirmed', 'undone')", name=op.f("ck_referrals_state")),
        sa.CheckConstraint("referrer_id <> referee_id", name=op.f("ck_referrals_two_people")),
        sa.ForeignKeyConstraint(
            ["campaign_id", "waitlist_id"], ["campaigns.id", "campaigns.waitlist_id"], name=op.f("fk_referrals_campaign_id_waitlist_id")
        ),
        sa.ForeignKeyConstraint(
            ["referee_id", "waitlist_id"], ["subscribers.id", "subscribers.waitlist_id"], name=op.f("fk_referrals_referee_id_waitlist_id")
        ),
        sa.ForeignKeyConstraint(
            ["referrer_id", "waitlist_id"], ["subscribers.id", "subscribers.waitlist_id"], name=op.f("fk_referrals_referrer_id_waitlist_id")
        ),
        sa.ForeignKeyConstraint(["waitlist_id"], ["waitlists.id"], name=op.f("fk_referrals_waitlist_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
        sa.UniqueConstraint("referee_id", name=op.f("uq_referrals_referee_id")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.create_index("ix_referrals_campaign_id_state", ["campaign_id", "state"], unique=False)
        batch_op.create_index(
            "ix_referrals_counts_at",
            ["counts_at"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting' AND counts_at IS NOT NULL"),
            postgresql_where=sa.text("state = 'waiting' AND counts_at IS NOT NULL"),
        )
        batch_op.create_index("ix_referrals_referrer_id_id", ["referrer_id", "id"], unique=False)

    op.create_table(
        "campaign_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subscriber_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("referral_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("occurred_at", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("points", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=True),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.CheckConstraint("event IN ('SIGNUP', 'EMAIL_VERIFIED', 'REFERRAL_CONFIRMED', 'MANUAL')", name=op.f("ck_campaign_events_event")),
        sa.CheckConstraint("state IN ('held', 'processed', 'retrying', 'dead', 'undone')", name=op.f("ck_campaign_events_state")),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_campaign_events_actor_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_events_campaign_id")),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name=op.f("fk_campaign_events_referral_id")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name=op.f("fk_campaign_events_subscriber_id")),
        sa.ForeignKeyConstraint(["version_id"], ["campaign_versions.id"], name=op.f("fk_campaign_events_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_events")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_campaign_events_idempotency_key")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("campaign_events", schema=None) as batch_op:
        batch_op.create_index(
            "ix_campaign_events_failed",
            ["campaign_id", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('retrying', 'dead')"),
            postgresql_where=sa.text("state IN ('retrying', 'dead')"),
        )
        batch_op.create_index(
            "ix_campaign_events_next_attempt_at",
            ["next_attempt_at"],
            unique=False,
            sqlite_where=sa.text("state = 'retrying'"),
            postgresql_where=sa.text("state = 'retrying'"),
        )
        batch_op.create_index("ix_campaign_events_referral_id", ["referral_id"], unique=False)
        batch_op.create_index("ix_campaign_events_subscriber_id_id", ["subscriber_id", "id"], unique=False)

    op.create_table(
        "milestones",
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subscriber_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("transfer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_milestones_campaign_id")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name=op.f("fk_milestones_subscriber_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"], name=op.f("fk_milestones_transfer_id")),
        sa.PrimaryKeyConstraint("campaign_id", "subscriber_id", "rule", name=op.f("pk_milestones")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )

    op.create_table(
        "fraud_flags",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subscriber_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("suspicion", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.CheckConstraint("decision IN ('accepted', 'disqualified')", name=op.f("ck_fraud_flags_decision")),
        sa.CheckConstraint(
            "suspicion IN ('disposable', 'same_person', 'network', 'device', 'cycle', 'returned')", name=op.f("ck_fraud_flags_suspicion")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_fraud_flags_decided_by")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name=op.f("fk_fraud_flags_subscriber_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fraud_flags")),
        sa.UniqueConstraint("subscriber_id", "suspicion", name=op.f("uq_fraud_flags_subscriber_id_suspicion")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("fraud_flags", schema=None) as batch_op:
        batch_op.create_index(
            "ix_fraud_flags_undecided",
            ["subscriber_id"],
            unique=False,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.create_table(
        "visits",
        sa.Column("waitlist_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("referrer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("visits", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["waitlist_id"], ["waitlists.id"], name=op.f("fk_visits_waitlist_id")),
        sa.PrimaryKeyConstraint("waitlist_id", "day", "source", "referrer_id", name=op.f("pk_visits")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index("ix_visits_waitlist_id_referrer_id", ["waitlist_id", "referrer_id"], unique=False)

    op.create_table(
        "entrants",
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subscriber_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rank_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("referrals", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("entered_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_entrants_campaign_id")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name=op.f("fk_entrants_subscriber_id")),
        sa.PrimaryKeyConstraint("campaign_id", "subscriber_id", name=op.f("pk_entrants")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("entrants", schema=None) as batch_op:
        batch_op.create_index("ix_entrants_subscriber_id", ["subscriber_id"], unique=False)
        batch_op.create_index(
            "uq_entrants_campaign_id_rank_key",
            ["campaign_id", "rank_key"],
            unique=True,
            sqlite_where=sa.text("rank_key IS NOT NULL"),
            postgresql_where=sa.text("rank_key IS NOT NULL"),
        )

    op.create_table(
        "boards",
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("placed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recalculated_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_boards_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_boards")),
        sqlite_strict=True,
    )

    op.create_table(
        "rank_blocks",
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f("ck_rank_blocks_count")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_rank_blocks_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", "first_key", name=op.f("pk_rank_blocks")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )

    op.create_table(
        "snapshots",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.Text(), nullable=False),
        sa.Column("taken_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("scoring_mode", sa.Text(), nullable=False),
        sa.Column("places", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("kind IN ('interim', 'final')", name=op.f("ck_snapshots_kind")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_snapshots_campaign_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["users.id"], name=op.f("fk_snapshots_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshots")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("snapshots", schema=None) as batch_op:
        batch_op.create_index("ix_snapshots_campaign_id_id", ["campaign_id", "id"], unique=False)
        batch_op.create_index(
            "uq_snapshots_final_campaign_id",
            ["campaign_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'final'"),
            postgresql_where=sa.text("kind = 'final'"),
        )

    op.create_table(
        "snapshot_places",
        sa.Column("snapshot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("subscriber_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("score", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("referrals", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshots.id"], name=op.f("fk_snapshot_places_snapshot_id")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name=op.f("fk_snapshot_places_subscriber_id")),
        sa.PrimaryKeyConstraint("snapshot_id", "place", name=op.f("pk_snapshot_places")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("snapshot_places", schema=None) as batch_op:
        batch_op.create_index("ix_snapshot_places_subscriber_id", ["subscriber_id"], unique=False)

    op.create_table(
        "campaign_rewards",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("distribution", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("max_recipients", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("granted", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("freed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("announced_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.CheckConstraint("(value IS NULL) = (distribution = 'MANUAL')", name=op.f("ck_campaign_rewards_value")),
        sa.CheckConstraint(
            "distribution IN ('TOP_N', 'MIN_SCORE', 'MIN_REFERRALS', 'MANUAL')", name=op.f("ck_campaign_rewards_distribution")
        ),
        sa.CheckConstraint("type IN ('FEATURE', 'ACCESS', 'DIGITAL', 'CUSTOM')", name=op.f("ck_campaign_rewards_type")),
        sa.CheckConstraint("freed >= 0", name=op.f("ck_campaign_rewards_freed")),
        sa.CheckConstraint("granted <= max_recipients", name=op.f("ck_campaign_rewards_max_recipients")),
        sa.CheckConstraint("granted >= 0", name=op.f("ck_campaign_rewards_granted")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_rewards_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_rewards")),
        sa.UniqueConstraint("campaign_id", "key", name=op.f("uq_campaign_rewards_campaign_id_key")),
        sqlite_strict=True,
    )

    op.create_table(
        "subscriber_rewards",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reward_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subscriber_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("earned_at", sa.Text(), nullable=False),
        sa.Column("given_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("delivered_at", sa.Text(), nullable=True),
        sa.Column("delivered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("(status = 'delivered') = (delivered_at IS NOT NULL)", name=op.f("ck_subscriber_rewards_delivered_has_a_time")),
        sa.CheckConstraint("status IN ('earned', 'delivered')", name=op.f("ck_subscriber_rewards_status")),
        sa.ForeignKeyConstraint(["delivered_by"], ["users.id"], name=op.f("fk_subscriber_rewards_delivered_by")),
        sa.ForeignKeyConstraint(["given_by"], ["users.id"], name=op.f("fk_subscriber_rewards_given_by")),
        sa.ForeignKeyConstraint(["reward_id"], ["campaign_rewards.id"], name=op.f("fk_subscriber_rewards_reward_id")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name=op.f("fk_subscriber_rewards_subscriber_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber_rewards")),
        sa.UniqueConstraint("reward_id", "subscriber_id", name=op.f("uq_subscriber_rewards_reward_id_subscriber_id")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    with op.batch_alter_table("subscriber_rewards", schema=None) as batch_op:
        batch_op.create_index("ix_subscriber_rewards_reward_id_status_id", ["reward_id", "status", "id"], unique=False)
        batch_op.create_index("ix_subscriber_rewards_subscriber_id", ["subscriber_id"], unique=False)

    op.create_table(
        "daily_steps",
        sa.Column("waitlist_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("writer", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("visits", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("joined", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("verified", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("referred", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["waitlist_id"], ["waitlists.id"], name=op.f("fk_daily_steps_waitlist_id")),
        sa.PrimaryKeyConstraint("waitlist_id", "campaign_id", "day", "source", "writer", name=op.f("pk_daily_steps")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )

    op.create_table(
        "failed_referrals",
        sa.Column("referee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("referrer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint("referrer_id <> referee_id", name=op.f("ck_failed_referrals_two_people")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_failed_referrals_campaign_id")),
        sa.ForeignKeyConstraint(["referee_id"], ["subscribers.id"], name=op.f("fk_failed_referrals_referee_id")),
        sa.ForeignKeyConstraint(["referrer_id"], ["subscribers.id"], name=op.f("fk_failed_referrals_referrer_id")),
        sa.PrimaryKeyConstraint("referee_id", name=op.f("pk_failed_referrals")),
        sqlite_strict=True,
    )

    op.create_table(
        "rank_groups",
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f("ck_rank_groups_count")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_rank_groups_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", "first_key", name=op.f("pk_rank_groups")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )

    op.create_table(
        "kept_places",
        sa.Column("snapshot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subscriber_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rank_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("score", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("referrals", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshots.id"], name=op.f("fk_kept_places_snapshot_id")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name=op.f("fk_kept_places_subscriber_id")),
        sa.PrimaryKeyConstraint("snapshot_id", "subscriber_id", name=op.f("pk_kept_places")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )

    # Events are stamped with a version from the first one on, also where nothing was ever defined.
    versions = sa.table("programme_versions", sa.column("id"), sa.column("created_at"), sa.column("note"))
    op.bulk_insert(versions, [{"id": 0, "created_at": "2026-01-01T00:00:00.000000Z", "note": "Nothing is defined yet"}])
    dialect = op.get_bind().dialect.name
    refusals = append_only(dialect, "transfers", ("id", "idempotency_key", "reverses_id"))
    refusals += append_only(dialect, "audit_entries") + append_only(dialect, "consents")
    refusals += append_only(dialect, "campaign_versions", ("id", "campaign_id, number")) + append_only(dialect, "snapshots")
    refusals += append_only(dialect, "snapshot_places", ("snapshot_id, place",))
    for statement in refusals + GUARDS[dialect]:
        op.execute(sa.text(statement))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        kept = ("transfers", "audit_entries", "consents", "campaign_versions", "snapshots", "snapshot_places")
        op.execute(sa.text(f"DROP FUNCTION {', '.join(f'{table}_refuse()' for table in kept)}, accounts_guard()"))
