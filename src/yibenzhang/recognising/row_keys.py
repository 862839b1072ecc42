"""The rows of a panel: codes in one column or three, codes inside names, names alone, totals, units, numbering."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import zip_longest

from yibenzhang.model.coordinates import Coordinates
from yibenzhang.model.documents import Cell
from yibenzhang.model.patterns import late
from yibenzhang.model.views import ViewRow
from yibenzhang.recognising.panels import LabelColumn, Panel, Panels, folded, state_of
from yibenzhang.standards.lexicon.words import Lexicon, Phrase
from yibenzhang.standards.patterns import patterns
from yibenzhang.standards.registers import DEPARTMENT_ECONOMIC, FUNCTION, GOVERNMENT_ECONOMIC, Registers

_NUMBERING = (
    late(r"[一二三四五六七八九十廿卅百]+、"),
    late(r"\([一二三四五六七八九十廿卅百]+\)、?"),
    late(r"\d{1,2}[.、](?!\d)"),
    late(r"\(\d{1,2}\)|[①-⑳]"),
)
_WORDS = patterns("row_keys")
_STEM = late(r"([A-Z]\d*|\d{1,21}[A-Z]?\d*)-+(?=[\u4e00-\u9fff])")
CLASSIFIED = ("function", "department", "government")
_REGISTER = {"function": FUNCTION, "department": DEPARTMENT_ECONOMIC, "government": GOVERNMENT_ECONOMIC}
_FIRST = {"2": "function", "3": "department", "5": "government"}


def depth_of(label: str) -> tuple[int | None, str]:
    """How deep a row's numbering is, and its name without it."""
    for depth, pattern in enumerate(_NUMBERING):
        if match := pattern.match(label):
            return depth, label[match.end() :]
    return None, label


class RowReader:
    """Reads the rows of one panel in order; names are resolved below the row they stand under."""

    def __init__(
        self,
        lexicon: Lexicon,
        registers: Registers,
        year: int | None,
        layout: Panels,
        panel: Panel,
        scope: Coordinates,
    ) -> None:
        self.lexicon, self.registers, self.year = lexicon, registers, year
        self.layout, self.panel, self.scope = layout, panel, scope
        self.groups = _code_groups(panel.labels, lexicon)
        self.names = [c for c in panel.labels if c.kind == "name"]
        kinds = {c.index: lexicon.key(c.path) for c in self.names}
        self.unit_columns = [c for c in self.names if kinds[c.index] == "unit" and len(self.names) > 1]
        self.name_columns = [c for c in self.names if c not in self.unit_columns]
        self.kinds = kinds
        self.last: dict[str, str] = {}  # the code last met, by classification
        self.filled: dict[int, list[str]] = {}

    def rows(self) -> list[ViewRow]:
        """The rows with their coordinates; a single unit that every row names is the body itself."""
        rows = [self._row(r) for r in self.layout.body]
        rows = [r for r in rows if r is not None]
        return _units_apart(self._named(rows))  # type: ignore[arg-type]

    def _text(self, column: LabelColumn, r: int) -> str:
        cell = self.layout.grid[r][column.index]
        return "" if cell is None or cell.row != r and not self._runs_over(cell) else folded(cell.text)

    @staticmethod
    def _runs_over(cell: Cell) -> bool:
        return cell.row_span > 1

    def _row(self, r: int) -> ViewRow | None:
        keys = self._codes(r)
        label, level = self._label(r, keys)
        unit, first = self._first_text(self.unit_columns, r), self._first_text(self.panel.labels, r)
        depth, partial, bare = self._parted(label)
        total = not keys and any(self.lexicon.phrase(t).total for t in (label, bare, unit, first) if t)
        if not (label or keys):  # 人员经费合计 in the column of the codes
            label = bare = unit or (first if self.lexicon.subtotal(first) else "")
        cell = self._label_cell(r)
        return ViewRow(
            r,
            bare or label,
            keys=tuple(keys.items()),
            total=total,
            partial=partial,
            subtotal=not total and self.lexicon.subtotal(bare),
            heads=bool(unit) and not keys and label == unit and not total,
            depth=depth,
            indent=cell.indent if cell is not None else 0.0,
            level=level,
            coordinates=Coordinates(unit="" if self.lexicon.phrase(unit).total else unit),
        )

    def _first_text(self, columns: Iterable[LabelColumn], r: int) -> str:
        return next((t for c in columns if (t := self._text(c, r))), "")

    def _codes(self, r: int) -> dict[str, str]:
        """The codes in the columns of codes, by classification."""
        keys: dict[str, str] = {}
        for kind, columns in self.groups:
            code, found = self._code(columns, r, kind)
            if code:
                keys.setdefault(found, code)
        return keys

    def _label(self, r: int, keys: dict[str, str]) -> tuple[str, int]:
        """The row's name and the position of the column it stands in; codes before names are added to ``keys``."""
        names = [(c, self._text(c, r)) for c in self.name_columns]
        label, level = "", 0
        for position, (column, text) in enumerate(names):
            if not text:
                continue
            bare, kind, code = self._coded_name(column, text)
            if code:
                keys.setdefault(kind, code)
            cell = self.layout.grid[r][column.index]
            if cell is None or cell.row != r:
                continue
            if not label:
                label, level = bare, position
            elif not self.lexicon.phrase(text).total:  # 小计 beside a group is the group's own row
                level = position
        return label, level

    def _parted(self, label: str) -> tuple[int | None, bool, str]:
        """How deep a label's numbering is, whether it begins with 其中, and its name without both."""
        depth, bare = depth_of(label)
        partial = self.lexicon.partial(bare)
        if partial:
            inner, bare = depth_of(bare[len("其中") :].lstrip(":"))
            depth = inner if inner is not None else depth
        return depth, partial, bare.rstrip(":")

    def _label_cell(self, r: int) -> Cell | None:
        for column in self.name_columns or self.names:
            cell = self.layout.grid[r][column.index]
            if cell is not None and cell.text.strip():
                return cell
        return None

    def _code(self, columns: tuple[LabelColumn, ...], r: int, kind: str) -> tuple[str, str]:
        """The code of a group of columns: 类, 款 and 项 side by side are joined, blanks filled from above."""
        texts = [self._text(c, r) for c in columns]
        if len(columns) == 1:
            return self._single_code(texts[0], kind)
        if any(t and not t.isdigit() for t in texts) or not any(texts):
            return "", kind
        above = self.filled.get(columns[0].index, [])
        last = max(k for k, t in enumerate(texts) if t)
        parts = [
            text or over for text, over in zip_longest(texts[: last + 1], above[: last + 1], fillvalue="")
        ]
        if not all(parts):
            return "", kind
        parts = [parts[0], *(p.zfill(2) for p in parts[1:])]
        self.filled[columns[0].index] = parts
        whole = len(parts) > 1 and len(parts[-1]) > 2  # each column prints the whole code
        code = parts[-1] if whole else "".join(parts)
        return code, _FIRST.get(code[:1], kind)

    @staticmethod
    def _single_code(text: str, kind: str) -> tuple[str, str]:
        """The code of the only column of codes; a name may stand after it."""
        match = _WORDS["coded"].match(text)
        code = match.group(1) if match else text
        if not re.fullmatch(r"[A-Z]?\d{1,24}[A-Z0-9]*", code):
            return "", kind
        return code, kind if kind in ("unit", "project") else _FIRST.get(code[:1], kind)

    def _coded_name(self, column: LabelColumn, text: str) -> tuple[str, str, str]:
        """A name with its code before it ("[2010301]行政运行", "30201-办公费"): name, classification, code."""
        if match := _WORDS["coded"].match(text):
            code = match.group(1)
            kind = self.kinds[column.index]
            if kind not in ("unit", "project"):
                kind = _FIRST.get(code[0], kind or "unit")
            return text[match.end() :], kind, code
        if match := _STEM.match(text):
            return text[match.end() :], self.kinds[column.index] or "project", match.group(1)
        return text, "", ""

    # ---- what the row says ------------------------------------------------------------------------

    def _named(self, rows: list[ViewRow]) -> list[ViewRow]:
        favourite = self._favourite(rows)
        out = []
        for row in rows:
            keys = dict(row.keys)
            at = row.coordinates
            if not keys and not row.heads:
                at, keys = self._by_name(row, favourite)
            for kind, code in keys.items():
                if kind in CLASSIFIED:
                    at = at.placed({kind: code})
                    self.last[kind] = code
                elif kind == "unit" and not at.unit:
                    at = replace(at, unit=code)
                elif kind == "project":
                    at = replace(at, project=code)
            main = next((k for k in (*CLASSIFIED, "unit", "project") if k in keys), "")
            out.append(
                replace(
                    row,
                    code=keys.get(main, ""),
                    classification=main,
                    keys=tuple(keys.items()),
                    coordinates=at,
                )
            )
        return out

    def _favourite(self, rows: list[ViewRow]) -> tuple[str, ...]:
        """The classification whose names fill this list, most first."""
        headed = [self.kinds[c.index] for c in self.name_columns if self.kinds[c.index] in CLASSIFIED]
        if headed:
            return (*dict.fromkeys(headed),)
        if self.scope.side == "income":
            return ()
        hits: Counter[str] = Counter()
        for row in rows:
            if not row.keys and row.label:
                for kind in CLASSIFIED:
                    hits[kind] += bool(self._named_codes(row.label, kind))
        return tuple(k for k, n in hits.most_common() if n)

    def _by_name(self, row: ViewRow, favourite: tuple[str, ...]) -> tuple[Coordinates, dict[str, str]]:
        """What a name without a code says: words of the lexicon, then a name of a register, then words in part."""
        phrase = self.lexicon.phrase(row.label)
        at = row.coordinates
        known = phrase.total or folded(row.label) in self.lexicon.meanings
        for kind in favourite if not known else ():
            if code := self._code_named(row.label, kind):
                return at, {kind: code}
        if known or not phrase.residue:
            return at.placed(self._values(phrase)), {}
        listed = not (self.groups or favourite)
        if listed and row.label and not at.unit and not phrase.values:
            return replace(at, project=folded(row.label)), {}
        return replace(at, residue=phrase.residue), {}

    def _values(self, phrase: Phrase) -> dict[str, str]:
        """What a phrase says of each dimension; last year's name is a version, this year's says nothing."""
        values = dict(phrase.values)
        if values.get("version") == "current_year":
            values["version"] = ""
        if len(phrase.years) == 1 and self.year and int(phrase.years[0]) == self.year - 1:
            values["version"] = "previous"
        return values

    def _named_codes(self, name: str, kind: str) -> list[str]:
        register = self.registers.of(_REGISTER[kind])
        found = register.named(name, self.year) or register.named(name)
        return [e.code for e in found]

    def _code_named(self, name: str, kind: str) -> str:
        """The code of that name that goes on from the row above: below it, beside it, then any if it is the only
        one."""
        found = self._named_codes(name, kind)
        if not found:
            return ""
        last = self.last.get(kind, "")
        for size in range(len(last), 2, -1):
            near = [c for c in found if c.startswith(last[:size]) and len(c) > size]
            if near:
                return min(near, key=len)
            if size == len(last):
                continue
        top = [c for c in found if len(c) == 3]
        if top:
            return top[0]
        beside = [c for c in found if last and c[:3] == last[:3]]
        options = beside or found
        return options[0] if len(options) == 1 else ""


def _code_groups(
    labels: tuple[LabelColumn, ...], lexicon: Lexicon
) -> list[tuple[str, tuple[LabelColumn, ...]]]:
    """Code columns side by side below one heading belong together (类, 款, 项)."""
    out: list[tuple[str, list[LabelColumn]]] = []
    for column in labels:
        if column.kind != "code":
            continue
        last = out[-1][1][-1] if out else None
        if (
            last is not None
            and last.index == column.index - 1
            and len(column.path) > 1
            and last.path[:1] == column.path[:1]
            and lexicon.key(last.path) == lexicon.key(column.path)
        ):
            out[-1][1].append(column)
        else:
            out.append((lexicon.key(column.path) or "function", [column]))
    return [(kind, tuple(columns)) for kind, columns in out]


def _units_apart(rows: list[ViewRow]) -> list[ViewRow]:
    """Rows belong to the unit named last; where there is just one unit it is the body, and goes unsaid."""
    units = {r.coordinates.unit for r in rows if r.coordinates.unit}
    single = len(units) == 1 and not any(r.classification == "unit" for r in rows)
    out: list[ViewRow] = []
    current = ""
    for row in rows:
        at = row.coordinates
        if single:
            out.append(
                replace(row, coordinates=replace(at, unit=""), total=row.total or row.heads, heads=False)
            )
            continue
        if at.unit:
            current = at.unit
        elif row.total:
            current = ""
        out.append(row if at.unit or not current else replace(row, coordinates=replace(at, unit=current)))
    return out


__all__ = ["CLASSIFIED", "RowReader", "depth_of", "state_of"]
