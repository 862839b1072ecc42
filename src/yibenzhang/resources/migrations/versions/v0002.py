"""Requests for resources, their steps and what was used; the database refuses to change or delete steps and usage."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEPT = ("resource_request_events", "resource_usage")
_SQLITE = """
CREATE TRIGGER {table}_{what} BEFORE {what} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is only added to'); END
"""
_FUNCTION = """
CREATE FUNCTION {table}_kept() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '{table} is only added to'; END $$ LANGUAGE plpgsql
"""
_POSTGRES = """
CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_kept()
"""


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "resource_requests",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("form", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("entry_id", sa.Integer(), sa.ForeignKey("resource_entries.id"), nullable=False),
        sa.Column("resource", sa.String(60), nullable=False),
        sa.Column("name", sa.String(400), nullable=False),
        sa.Column("body", sa.String(200), nullable=False),
        sa.Column("provider", sa.String(200), nullable=False),
        sa.Column("way", sa.String(40), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("applied_at", moment, nullable=False),
        sa.Column("delivered_at", moment, nullable=True),
        sa.Column("over_at", moment, nullable=True),
        sa.UniqueConstraint("code"),
    )
    op.create_index("ix_resource_requests_form", "resource_requests", ["form"])
    op.create_index("ix_resource_requests_entry_id", "resource_requests", ["entry_id"])
    op.create_index("ix_resource_requests_body", "resource_requests", ["body", "state"])
    op.create_index("ix_resource_requests_provider", "resource_requests", ["provider", "state"])
    op.create_table(
        "resource_request_events",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("request_id", sa.Integer(), sa.ForeignKey("resource_requests.id"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("who", sa.String(120), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("body", sa.String(200), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.String(400), nullable=False),
        sa.UniqueConstraint("request_id", "version"),
    )
    op.create_table(
        "resource_usage",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(900), nullable=False),
        sa.Column("request_id", sa.Integer(), sa.ForeignKey("resource_requests.id"), nullable=True),
        sa.Column("entry_id", sa.Integer(), sa.ForeignKey("resource_entries.id"), nullable=False),
        sa.Column("interface", sa.String(400), nullable=False),
        sa.Column("body", sa.String(200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("who", sa.String(120), nullable=False),
        sa.Column("source", sa.String(400), nullable=False),
    )
    op.create_index("ix_resource_usage_key", "resource_usage", ["key"])
    op.create_index("ix_resource_usage_request_id", "resource_usage", ["request_id"])
    for table in _KEPT:
        if op.get_bind().dialect.name == "sqlite":
            for what in ("UPDATE", "DELETE"):
                op.execute(_SQLITE.format(table=table, what=what))
        else:
            op.execute(_FUNCTION.format(table=table))
            op.execute(_POSTGRES.format(table=table))


def downgrade() -> None:
    for name in ("resource_usage", "resource_request_events", "resource_requests"):
        op.drop_table(name)
    if op.get_bind().dialect.name != "sqlite":
        for table in _KEPT:
            op.execute(f"DROP FUNCTION {table}_kept()")
