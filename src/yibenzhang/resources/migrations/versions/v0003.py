"""An index that holds all that is looked for, so that a search need not read the entries themselves."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_resource_entries_found", "resource_entries", ["kind", "state", "body", "code", "name"]
    )


def downgrade() -> None:
    op.drop_index("ix_resource_entries_found", "resource_entries")
