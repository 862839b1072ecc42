"""The first tables; the database itself refuses to change or delete what was written into the history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SQLITE = """
CREATE TRIGGER resource_history_{what} BEFORE {what} ON resource_history
BEGIN SELECT RAISE(ABORT, 'resource_history is only added to'); END
"""
_FUNCTION = """
CREATE FUNCTION resource_history_kept() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'resource_history is only added to'; END $$ LANGUAGE plpgsql
"""
_POSTGRES = """
CREATE TRIGGER resource_history_kept BEFORE UPDATE OR DELETE ON resource_history
FOR EACH ROW EXECUTE FUNCTION resource_history_kept()
"""


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "resource_entries",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("key", sa.String(900), nullable=False),
        sa.Column("name", sa.String(400), nullable=False),
        sa.Column("body", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("kind", "key"),
    )
    op.create_index("ix_resource_entries_body", "resource_entries", ["body", "kind"])
    op.create_index("ix_resource_entries_kind", "resource_entries", ["kind", "state"])
    op.create_table(
        "resource_history",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("entry_id", sa.Integer(), sa.ForeignKey("resource_entries.id"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("who", sa.String(120), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(400), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.create_index("ix_resource_history_entry_id", "resource_history", ["entry_id"])
    op.create_table(
        "resource_counters",
        sa.Column("prefix", sa.String(20), primary_key=True),
        sa.Column("last", sa.Integer(), nullable=False),
    )
    op.create_table(
        "resource_proposals",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("source", sa.String(400), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("key", sa.String(900), nullable=False),
        sa.Column("name", sa.String(400), nullable=False),
        sa.Column("body", sa.String(200), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("entry_id", sa.Integer(), sa.ForeignKey("resource_entries.id"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("who", sa.String(120), nullable=False),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("decided_by", sa.String(120), nullable=False),
    )
    op.create_index("ix_resource_proposals_source", "resource_proposals", ["source"])
    op.create_index("ix_resource_proposals_state", "resource_proposals", ["state"])
    op.create_table(
        "resource_quality",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("run", sa.String(40), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("source", sa.String(400), nullable=False),
        sa.Column("resource", sa.String(400), nullable=False),
        sa.Column("body", sa.String(200), nullable=False),
        sa.Column("rule", sa.String(80), nullable=False),
        sa.Column("property", sa.String(20), nullable=False),
        sa.Column("field", sa.String(400), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("samples", sa.JSON(), nullable=False),
    )
    op.create_index("ix_resource_quality_run", "resource_quality", ["run"])
    op.create_index("ix_resource_quality_resource", "resource_quality", ["resource"])
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(_SQLITE.format(what=what))
    else:
        op.execute(_FUNCTION)
        op.execute(_POSTGRES)


def downgrade() -> None:
    names = (
        "resource_quality",
        "resource_proposals",
        "resource_counters",
        "resource_history",
        "resource_entries",
    )
    for name in names:
        op.drop_table(name)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION resource_history_kept()")
