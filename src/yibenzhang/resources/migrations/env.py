"""Run by Alembic: the connection is handed over by ``office.database.prepare``. The resources count their versions in a
table of their own, so that they and the office change apart."""

from __future__ import annotations

from alembic import context

from yibenzhang.resources.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table="resource_version",
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
