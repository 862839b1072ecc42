"""Work orders of the quality of data, as what happened to them; the database refuses to change or delete it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLE = "resource_mending"
_SQLITE = f"""
CREATE TRIGGER {_TABLE}_{{what}} BEFORE {{what}} ON {_TABLE}
BEGIN SELECT RAISE(ABORT, '{_TABLE} is only added to'); END
"""
_FUNCTION = f"""
CREATE FUNCTION {_TABLE}_kept() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '{_TABLE} is only added to'; END $$ LANGUAGE plpgsql
"""
_POSTGRES = f"""
CREATE TRIGGER {_TABLE}_kept BEFORE UPDATE OR DELETE ON {_TABLE}
FOR EACH ROW EXECUTE FUNCTION {_TABLE}_kept()
"""


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(120), nullable=False),
        sa.Column("body", sa.String(200), nullable=False),
        sa.Column("source", sa.String(400), nullable=False),
        sa.Column("resource", sa.String(400), nullable=False),
        sa.Column("rule", sa.String(80), nullable=False),
        sa.Column("field", sa.String(400), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("run", sa.String(40), nullable=False),
        sa.Column("checked", sa.BigInteger(), nullable=True),
        sa.Column("failed", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.UniqueConstraint("code", "step"),
    )
    op.create_index("ix_resource_mending_body", _TABLE, ["body"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_FUNCTION)
        op.execute(_POSTGRES)
    else:
        for what in ("UPDATE", "DELETE"):
            op.execute(_SQLITE.format(what=what))


def downgrade() -> None:
    op.drop_table(_TABLE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION {_TABLE}_kept()")
