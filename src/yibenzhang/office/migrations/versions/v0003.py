"""Being late hangs on the roster line that is late, once, and no more on each version of its file.

What the versions of a line said of the same last day becomes one row with all decisions that were made about it, in
their order. It stands where the version that stands says so. Decisions, notices and the trail are not touched.
"""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_RULES = ("deadline.published_late", "deadline.not_published")
_STANDS = ("review", "returned", "clean")
_M = sa.table(
    "matters",
    *(sa.column(c) for c in ("id", "submission_id", "entry_id", "finding", "rule", "gone", "before_id")),
    *(sa.column(c) for c in ("fate", "fate_reason", "verdict", "message")),
)
_S = sa.table(
    "submissions", *(sa.column(c) for c in ("id", "entry_id", "state", "draft", "part_of_id", "before_id"))
)
_D = sa.table("decisions", *(sa.column(c) for c in ("id", "matter_id", "verdict")))


def upgrade() -> None:
    with op.batch_alter_table("matters") as matters:
        matters.add_column(sa.Column("entry_id", sa.Integer(), nullable=True))
        matters.alter_column("submission_id", existing_type=sa.Integer(), nullable=True)
        matters.create_foreign_key("fk_matters_entry_id", "entries", ["entry_id"], ["id"])
        matters.create_check_constraint(
            "ck_matters_hangs", sa.text("(submission_id IS NULL) <> (entry_id IS NULL)")
        )
    _to_lines(op.get_bind())
    op.create_index("ix_matters_entry", "matters", ["entry_id", "finding"], unique=True)


def _to_lines(connection: sa.Connection) -> None:
    asked = (
        sa.select(_M.c.id, _M.c.finding, _M.c.message, _M.c.gone, _S.c.id, _S.c.entry_id)
        .join(_S, _S.c.id == _M.c.submission_id)
        .where(_M.c.rule.in_(_RULES), _S.c.entry_id.is_not(None))
        .order_by(_M.c.id)
    )
    told = [tuple(row) for row in connection.execute(asked)]
    groups: dict[tuple[int, str], list[tuple[int, str, bool, int]]] = defaultdict(list)
    for matter, finding, message, gone, version, entry in told:
        groups[entry, finding].append((matter, message, gone, version))
    present = _present(connection)
    for (entry, _), rows in groups.items():
        of_present = [r for r in rows if r[3] == present.get(entry)]
        gone = all(r[2] for r in of_present)  # also where the present version does not say it
        _one(connection, entry, [r[0] for r in rows], (of_present or rows)[-1][1], gone)


def _present(connection: sa.Connection) -> dict[int, int]:
    """{roster line: the version whose word counts}: the one that stands, else the last."""
    asked = sa.select(_S.c.id, _S.c.entry_id, _S.c.state).where(
        _S.c.entry_id.is_not(None), _S.c.draft.is_(False), _S.c.part_of_id.is_(None)
    )
    best: dict[int, tuple[bool, int]] = {}
    for number, entry, state in connection.execute(asked):
        best[entry] = max(best.get(entry, (False, 0)), (state in _STANDS, number))
    return {entry: number for entry, (_, number) in best.items()}


def _one(connection: sa.Connection, entry: int, numbers: list[int], message: str, gone: bool) -> None:
    """The first of these rows takes the decisions of the others, which go."""
    first, others = numbers[0], numbers[1:]
    decided = sa.select(_D.c.verdict).where(_D.c.matter_id.in_(numbers)).order_by(_D.c.id.desc()).limit(1)
    last = connection.scalar(decided) or ""
    connection.execute(sa.update(_D).where(_D.c.matter_id.in_(others)).values(matter_id=first))
    values = {
        "submission_id": None,
        "entry_id": entry,
        "before_id": None,
        "message": message,
        "gone": gone,
        "verdict": "" if last == "reopened" else last,
        "fate": "",
        "fate_reason": "",
    }
    connection.execute(sa.update(_M).where(_M.c.id == first).values(**values))
    connection.execute(sa.update(_M).where(_M.c.before_id.in_(others)).values(before_id=None))
    connection.execute(sa.delete(_M).where(_M.c.id.in_(others)))


def downgrade() -> None:
    """Each line's goes to the last version of the line; of a line without one it is lost."""
    last = (
        sa.select(sa.func.max(_S.c.id))
        .where(_S.c.entry_id == _M.c.entry_id, _S.c.draft.is_(False), _S.c.part_of_id.is_(None))
        .scalar_subquery()
    )
    op.drop_index("ix_matters_entry", "matters")
    with op.batch_alter_table("matters") as matters:
        matters.drop_constraint("ck_matters_hangs", type_="check")
    op.execute(sa.update(_M).where(_M.c.entry_id.is_not(None)).values(submission_id=last))
    lost = sa.select(_M.c.id).where(_M.c.submission_id.is_(None))
    op.execute(sa.delete(_D).where(_D.c.matter_id.in_(lost)))
    op.execute(sa.delete(_M).where(_M.c.submission_id.is_(None)))
    with op.batch_alter_table("matters") as matters:
        matters.drop_constraint("fk_matters_entry_id", type_="foreignkey")
        matters.drop_column("entry_id")
        matters.alter_column("submission_id", existing_type=sa.Integer(), nullable=False)
