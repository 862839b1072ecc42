"""Second factors, sessions that tell where they are, keys that end; decisions at one go; who works on what.

Only columns are added and tables made: to make a table of SQLite anew would break what refers to it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("logins", sa.Column("seen_at", _MOMENT, nullable=True))
    op.add_column("logins", sa.Column("address", sa.String(60), nullable=False, server_default=""))
    op.add_column("logins", sa.Column("agent", sa.String(200), nullable=False, server_default=""))
    op.add_column("tokens", sa.Column("ends_at", _MOMENT, nullable=True))
    op.add_column("decisions", sa.Column("batch", sa.String(32), nullable=False, server_default=""))
    op.create_index("ix_decisions_batch", "decisions", ["batch"])
    op.create_table(
        "factors",
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("drawn", sa.String(64), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("code", sa.String(64), nullable=False, unique=True),
        sa.Column("used_at", _MOMENT, nullable=True),
    )
    op.create_index("ix_recovery_codes_user_id", "recovery_codes", ["user_id"])
    _desk()


def _desk() -> None:
    op.create_table(
        "assignments",
        sa.Column("entry_id", sa.Integer(), sa.ForeignKey("entries.id"), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
    )
    op.create_index("ix_assignments_user_id", "assignments", ["user_id"])
    op.create_table(
        "reminders",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("season_id", sa.Integer(), sa.ForeignKey("seasons.id"), nullable=False),
        sa.Column("entry_id", sa.Integer(), sa.ForeignKey("entries.id"), nullable=False),
        sa.Column("batch", sa.String(32), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=True),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
    )
    for column in ("season_id", "entry_id", "batch"):
        op.create_index(f"ix_reminders_{column}", "reminders", [column])
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(40), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("query", sa.String(1000), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.UniqueConstraint("person", "page", "name"),
    )
    op.create_table(
        "visits",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("season_id", sa.Integer(), sa.ForeignKey("seasons.id"), nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.Column("before_at", _MOMENT, nullable=True),
    )
    op.create_index("ix_visits_whose", "visits", ["person", "season_id"], unique=True)


def downgrade() -> None:
    for table in ("visits", "saved_filters", "reminders", "assignments", "recovery_codes", "factors"):
        op.drop_table(table)
    op.drop_index("ix_decisions_batch", "decisions")
    op.drop_column("decisions", "batch")
    op.drop_column("tokens", "ends_at")
    for column in ("agent", "address", "seen_at"):
        op.drop_column("logins", column)
