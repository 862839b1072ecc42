"""Run by Alembic: the connection is handed over by ``office.database.prepare``."""

from __future__ import annotations

from alembic import context

from yibenzhang.office import desk_models, second_factor_models  # noqa: F401 - their tables, too
from yibenzhang.office.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
