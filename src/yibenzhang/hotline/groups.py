"""Connected groups of pairs, inside the database: the smallest member names the group."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

MOST_ROUNDS = 60


def grouped(con: duckdb.DuckDBPyConnection, pairs: str, out: str) -> None:
    """Make the table ``out (member, label)`` of the table ``pairs (one, other)``; those in no pair are not in it."""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE both_ways AS SELECT one AS a, other AS b FROM {pairs} WHERE one <> other "
        f"UNION SELECT other, one FROM {pairs} WHERE one <> other"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {out} AS SELECT a AS member, least(a, min(b)) AS label FROM both_ways GROUP BY a"
    )
    for _ in range(MOST_ROUNDS):
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE next_labels AS SELECT member, min(label) AS label FROM ("
            f"SELECT member, label FROM {out} UNION ALL "
            f"SELECT e.a, l.label FROM both_ways e JOIN {out} l ON l.member = e.b UNION ALL "
            f"SELECT l.label, m.label FROM {out} l JOIN both_ways e ON e.a = l.member JOIN {out} m ON m.member = e.b"
            f") GROUP BY member"
        )  # the last branch hooks the root of one end to the label of the other
        con.execute(
            "CREATE OR REPLACE TEMP TABLE jumped AS SELECT n.member, least(n.label, r.label) AS label "
            "FROM next_labels n JOIN next_labels r ON r.member = n.label"
        )
        row = con.execute(
            f"SELECT count(*) FROM jumped j JOIN {out} l USING (member) WHERE j.label <> l.label"
        ).fetchone()
        con.execute(f"CREATE OR REPLACE TEMP TABLE {out} AS SELECT member, label FROM jumped")
        if not row or not row[0]:
            return
