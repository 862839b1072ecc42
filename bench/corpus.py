"""`bench corpus`: by city, how many of the printed numbers are proved."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bench.running import NO_DISCLOSURE, Run
from bench.standing import Mark, Where, numbers_of, understood
from bench.tables import share, show

TOTAL = "total"
HEADINGS = {
    Where.TABLE: "预算、决算表里的金额", Where.FORM: "绩效表里的金额", Where.PROCUREMENT: "采购表里的金额",
    Where.SENTENCE: "正文里的数",
}  # fmt: skip


@dataclass
class Count:
    """The figures of one city."""

    city: str
    files: int = 0
    unread: int = 0
    tables: int = 0
    understood: int = 0
    errors: int = 0
    warnings: int = 0
    marks: dict[Where, Counter[Mark]] = field(default_factory=lambda: {w: Counter() for w in Where})
    without: Counter[Mark] = field(default_factory=Counter)
    """The numbers in sentences of disclosures that have no table."""

    def add(self, other: Count) -> None:
        """Count in another city's."""
        for name in ("files", "unread", "tables", "understood", "errors", "warnings"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for where, marks in other.marks.items():
            self.marks[where].update(marks)
        self.without.update(other.without)

    def sentences(self) -> dict[str, str]:
        """The shares of numbers in sentences, where the tables are there and where they are not."""
        every = self.marks[Where.SENTENCE]
        found = {"with_tables": every - self.without, "without_tables": self.without}
        return {
            k: share(marks[Mark.PROVED], sum(marks.values()) - marks[Mark.TRIVIAL])
            for k, marks in found.items()
        }

    def row(self) -> dict[str, Any]:
        """The files, tables and findings as a row."""
        return {
            "city": self.city,
            "files": self.files,
            "unread": self.unread,
            "tables": self.tables,
            "understood": self.understood,
            "understood_share": share(self.understood, self.tables),
            "errors": self.errors,
            "warnings": self.warnings,
        }

    def numbers(self, where: Where) -> dict[str, Any]:
        """The numbers of one kind of place as a row; the share is of those that are not trivial."""
        marks = self.marks[where]
        whole = sum(marks.values()) - marks[Mark.TRIVIAL]
        return {
            "numbers": sum(marks.values()),
            **{m.value: marks[m] for m in Mark},
            "share": share(marks[Mark.PROVED], whole),
        }


def count(run: Run) -> list[Count]:
    """One count for each city in order, then the total, without the files that are no disclosures."""
    cities: dict[str, Count] = {}
    for r in run.results:
        try:
            city = run.city(r.path)
        except ValueError:  # what was refused may have no path below the folder
            city = "."
        c = cities.setdefault(city, Count(city))
        c.files += 1
        c.unread += r.checked is None
        if r.checked is None:
            continue
        whole, tables = understood(r.checked)
        c.tables += tables
        c.understood += whole
        for n in numbers_of(r.checked):
            c.marks[n.where][n.mark] += 1
            c.without[n.mark] += n.where is Where.SENTENCE and not r.checked.views
    for told in run.told(("error", "warning")):
        c = cities[told.city]
        c.errors += told.severity == "error"
        c.warnings += told.severity == "warning"
    total = Count(TOTAL)
    for c in cities.values():
        if c.city != NO_DISCLOSURE:
            total.add(c)
    return [*(cities[k] for k in sorted(cities)), total]


def report(counts: list[Count]) -> dict[str, Any]:
    """For programs."""
    cities = [c.row() | {w.value: c.numbers(w) for w in Where} | {"sentences": c.sentences()} for c in counts]
    return {"cities": cities}


def show_counts(counts: list[Count]) -> None:
    """For people: one table of files, tables and findings, then one for each kind of number."""
    show(
        {
            "city": "地区",
            "files": "文件",
            "unread": "未读",
            "tables": "表",
            "understood": "各栏都懂",
            "understood_share": "%",
            "errors": "错误",
            "warnings": "警告",
        },
        [c.row() for c in counts],
        "文件、表和问题",
    )
    columns = {
        "city": "地区",
        "numbers": "数",
        "proved": "印证",
        "contradicted": "矛盾",
        "alone": "孤立",
        "trivial": "0＝0",
        "share": "印证 %（不计 0＝0）",
    }
    for where, heading in HEADINGS.items():
        rows = [{"city": c.city} | c.numbers(where) for c in counts]
        print()
        show(columns, [r for r in rows if r["numbers"]], heading)
    apart = counts[-1].sentences()
    print(f"\n正文里的数，文件里有表的印证 {apart['with_tables']} %，没有表的 {apart['without_tables']} %。")
    print(f"合计不含 {NO_DISCLOSURE}（不是预决算公开的文件）。")
