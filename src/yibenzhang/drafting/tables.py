"""The standard tables of a family, filled with the sums of the approved figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import zip_longest
from typing import Any

from yibenzhang.drafting.codes import ECONOMIC, Codes
from yibenzhang.drafting.families import Condition, Family
from yibenzhang.drafting.figures import Figures
from yibenzhang.drafting.parts import LABELS, LEFT, UP, Grid
from yibenzhang.drafting.tally import NOTHING, ZERO, Sum, Tally, economics, functions
from yibenzhang.model.amounts import unit_named
from yibenzhang.model.places import Place
from yibenzhang.standards import StandardsError

CENT = Decimal("0.01")
Spec = Mapping[str, Any]
Cells = list[str | Sum]
"""A row before it is printed: labels, and sums where numbers stand."""


def numeral(n: int, twenties: str = "二十") -> str:
    """Chinese numerals for numbering up to 99; ``twenties`` may be 廿."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(n, 10)
    if n <= 10:
        return "十" if n == 10 else digits[n]
    front = "十" if tens == 1 else twenties if tens == 2 and ones else digits[tens] + "十"
    return front + (digits[ones] if ones else "")


def printed(amount: Decimal, unit: str, zero: str = "0.00", grouping: bool = True) -> str:
    """An amount in 元 as it is printed in a unit, rounded half up to two decimals."""
    factor = unit_named(unit)
    value = (amount / (factor.factor if factor else 1)).quantize(CENT, ROUND_HALF_UP)
    if not amount:
        return zero
    return f"{value:,.2f}" if grouping else f"{value:.2f}"


@dataclass
class Maker:
    """Makes the tables of one body."""

    figures: Figures
    family: Family
    codes: Codes
    tally: Tally = field(init=False)

    def __post_init__(self) -> None:
        self.tally = Tally(self.figures.entries, self.figures.units)

    def grids(self) -> list[Grid]:
        """The family's tables in order, but those that are left out where they would be empty."""
        return [g for spec in self.family.tables if (g := self.grid(spec)) is not None]

    def grid(self, spec: Spec) -> Grid | None:
        make = _KINDS.get(spec.get("rows", ""))
        if make is None:
            raise StandardsError(
                f"{self.family.name} [[table]] {spec['id']}: rows 只能是 {'、'.join(_KINDS)}"
            )
        rows = make(self, spec)
        empty = not any(isinstance(c, tuple) and c[0] for row in rows for c in row)
        if empty and spec.get("omit_empty"):
            return None
        unit, zero = spec.get("unit", "万元"), spec.get("zero", "0.00")
        if empty and not spec.get("note_empty"):
            zero = "0.00"  # a table of nothing says so in figures, where no sentence below it does
        shown, places = self._shown(rows, unit, zero)
        body, year = self.figures.body, self.figures.year
        names = {"body": body, "year": year, "who": who(self.figures), "level": level(self.figures)}
        grid = Grid(
            standard=spec["id"],
            title=spec["title"].format(**names),
            unit=unit,
            header=tuple(tuple(line.format(**names).split("|")) for line in spec["header"]),
            rows=shown,
            columns=tuple(_side(c, spec.get("sides", {})) for c in spec["columns"]),
            align=spec.get("align", ""),
            widths=tuple(float(w) for w in spec.get("widths", "").split()),
            above=spec.get("above", ""),
            holder=spec.get("holder", "").format(**names),
            landscape=bool(spec.get("landscape")),
            places=places,
        )
        note = spec.get("note_empty", "") if grid.empty else spec.get("note", "")
        return replace(grid, note=note.format(**names))

    def _shown(
        self, rows: list[Cells], unit: str, zero: str
    ) -> tuple[tuple[tuple[str, ...], ...], dict[tuple[int, int], Place]]:
        out, places = [], {}
        for r, row in enumerate(rows):
            line = []
            for c, cell in enumerate(row):
                if isinstance(cell, str):
                    line.append(cell)
                    continue
                line.append(printed(cell[0], unit, zero))
                if cell[1] is not None:
                    places[r, c] = cell[1]
            out.append(tuple(line))
        return tuple(out), places

    # ---- conditions ------------------------------------------------------------------------

    def measure(self, spec: Spec, name: str) -> Condition:
        """The condition of a measure column, without its side and basis; a table may have its own."""
        plain = name.rpartition(":")[2].partition("@")[0]
        if plain in spec.get("conditions", {}):
            own: Condition = spec["conditions"][plain]
            return own
        if plain not in self.family.measures:
            raise StandardsError(f"{self.family.name}: 没有定义栏 {plain}（见 common.toml [measure]）")
        return self.family.measures[plain]

    def measures(self, spec: Spec, side: str = "") -> list[str]:
        columns = [c for c in spec["columns"] if c not in LABELS]
        return [c for c in columns if c.rpartition(":")[0] == side] if side else columns

    def values(self, spec: Spec, *conditions: Condition, side: str = "") -> Cells:
        return [self.tally.sum(*conditions, self.measure(spec, m)) for m in self.measures(spec, side)]

    # ---- kinds of rows ---------------------------------------------------------------------

    def function_rows(self, spec: Spec) -> list[Cells]:
        return self._coded(spec, functions, 3)

    def economic_rows(self, spec: Spec) -> list[Cells]:
        return self._coded(spec, economics, 2)

    def _coded(self, spec: Spec, keys: Callable[..., tuple[str, ...]], parts: int) -> list[Cells]:
        base, split = spec["of"], spec["columns"].count("code") > 1
        columns = [self.tally.by(keys, base, self.measure(spec, m)) for m in self.measures(spec)]
        everything = self.tally.by(keys, base)
        rows: list[Cells] = []
        for code in sorted(everything):
            name = self.codes.name(code) or code
            labels = [code[:3], code[3:5], code[5:7]][:parts] if split else [code]
            if spec["columns"].count("code") == 0:
                labels = []
            rows.append([*labels, name, *(column.get(code, NOTHING) for column in columns)])
        merged = spec.get("merge_total") and not split
        head = ["合计", *[LEFT] * parts] if split else ["合计", LEFT] if merged else ["", "合计"]
        sums: Cells = [*head, *self.values(spec, base)]
        if spec.get("total", "first") == "last":
            blank: list[Cells] = [[""] * len(spec["columns"])] * (
                spec.get("blank_rows", 0) if not rows else 0
            )
            return [*blank, *rows, sums]
        return [sums, *rows]

    def unit_rows(self, spec: Spec) -> list[Cells]:
        base = spec["of"]
        rows: list[Cells] = [["", "合计", *self.values(spec, base)]]
        rows.append([self.figures.code, self.figures.body, *self.values(spec, base)])
        for unit in self.figures.units:
            rows.append([unit.code, unit.name, *self.values(spec, base, {"unit": unit.code})])
        return rows

    def single_row(self, spec: Spec) -> list[Cells]:
        cells: Cells = []
        for column in spec["columns"]:
            name, _, basis = column.partition("@")
            if basis == "budgeted":
                cells.append((self.figures.planned.get(name, ZERO), None))
            else:
                cells.append(self.tally.sum(spec["of"], self.measure(spec, column)))
        return [cells]

    def project_rows(self, spec: Spec) -> list[Cells]:
        base = spec["of"]

        def line(code: str, name: str, unit: str, *conditions: Condition) -> Cells:
            return [code, name, unit, *self.values(spec, base, *conditions)]

        rows = [line("", "", ""), line(self.figures.code, self.figures.body, "")]
        for unit in self.figures.units:
            of_unit = {"unit": unit.code}
            projects = [p for p in self.figures.projects if p.unit == unit.code]
            kept = [p for p in projects if self.tally.where(base, {"project": p.code})]
            if not kept:
                continue
            rows.append(line(unit.code, unit.name, "", of_unit))
            rows.append(line("31", "本级支出项目", "", of_unit))
            rows += [line(p.code, p.name, unit.name, {"project": p.code}) for p in kept]
        return rows

    def sided_rows(self, spec: Spec) -> list[Cells]:
        """Lists beside one another, then the rows below both."""
        blocks = [self._list(spec, b) for b in spec["block"]]
        widths = [1 + len(self.measures(spec, b["side"])) for b in spec["block"]]
        rows: list[Cells] = []
        for items in zip_longest(*blocks):
            row: Cells = []
            for item, width in zip(items, widths, strict=True):
                row += item or [""] * width
            rows.append(row)
        rows += [[""] * sum(widths)] * spec.get("blank_rows", 0)
        for foot in spec["foot"]:
            row = []
            for block, width in zip(spec["block"], widths, strict=True):
                if "wide" in foot and len(row) >= widths[0]:
                    break  # one label over all that is left
                entry = foot.get(block["side"])
                row += self._item(spec, block, entry) if entry else [""] * width
            if "wide" in foot:
                left = sum(widths) - len(row) - 2
                row += [foot["wide"]["label"], *[LEFT] * left, self.tally.sum(foot["wide"]["of"])]
            rows.append(row)
        return rows

    def _item(self, spec: Spec, block: Spec, entry: Spec) -> Cells:
        width = len(self.measures(spec, block["side"]))
        if "of" not in entry:
            return [entry["label"], *[""] * width]
        values = self.values(spec, *_alternatives(entry["of"]), side=block["side"])
        return [entry["label"], *values]

    def _list(self, spec: Spec, block: Spec) -> list[Cells]:
        items = [self._item(spec, block, e) for e in block.get("item", ())]
        if "classes" in block:
            items += self._classes(spec, block)
        return items + [self._item(spec, block, e) for e in block.get("after", ())]

    def _classes(self, spec: Spec, block: Spec) -> list[Cells]:
        conditions = _alternatives(block["of"])
        columns = [
            self.tally.by(lambda e: (e.function[:3],), *conditions, self.measure(spec, m))
            for m in self.measures(spec, block["side"])
        ]
        used = {c for c in self.tally.by(lambda e: (e.function[:3],), *conditions) if c}
        listed = [c for c in block["classes"] if self.codes.name(c)]
        wanted = [*listed, *sorted(used - set(listed))] if listed else sorted(used)
        form, twenties = block.get("form", "{}、"), block.get("twenties", "二十")
        return [
            [
                form.format(numeral(i, twenties)) + self.codes.name(c),
                *(col.get(c, NOTHING) for col in columns),
            ]
            for i, c in enumerate(wanted, 1)
        ]

    def pair_rows(self, spec: Spec) -> list[Cells]:
        """Economic items in two or more lists beside one another, each class with its items, zero or not."""
        base = spec["of"]
        blocks: list[list[Cells]] = []
        sums = self.tally.by(economics, base)
        for classes in spec["lists"]:
            block: list[Cells] = []
            for code in self.codes.known(ECONOMIC):
                used = code in sums
                if code[:3] in classes and (used or code[:3] in spec["always"]):
                    block.append([code[:3], code[3:5], self.codes.name(code), sums.get(code, NOTHING)])
            blocks.append(block)
        rows: list[Cells] = []
        for items in zip_longest(*blocks):
            rows.append([cell for item in items for cell in (item or [""] * 4)])
        last: Cells = []
        for foot in spec["foot"]:
            last += [foot["label"], LEFT, LEFT, self.tally.sum(base, foot["of"])]
        return [*rows, last]

    def group_rows(self, spec: Spec) -> list[Cells]:
        """A total, then groups with a subtotal and their items."""
        rows: list[Cells] = [[spec["total_label"], LEFT, self.tally.sum(spec["of"])]]
        for group in spec["group"]:
            rows.append([group["label"], "小计", self.tally.sum(group["of"])])
            for item in group.get("item", ()):
                amount = self.tally.sum(group["of"], item["of"]) if "of" in item else NOTHING
                rows.append([UP, item["label"], amount])
        return rows

    def stair_rows(self, spec: Spec) -> list[Cells]:
        """The procurement staircase: kind, programme and item, then what is bought, each with its sum."""
        bought = sorted(self.figures.purchases, key=lambda p: (p.kind, p.programme, p.item))

        def amount(*key: str) -> Sum:
            kept = [p for p in bought if (p.kind, p.programme, p.item)[: len(key)] == key]
            return sum((p.amount for p in kept), ZERO), kept[0].place if kept else None

        rows: list[Cells] = [["合计", "", "", "", "", amount()]]
        seen: tuple[str, ...] = ("", "", "")
        for p in bought:
            if p.kind != seen[0]:
                rows.append([_KIND_LABELS.get(p.kind, p.kind), "", "", "", "", amount(p.kind)])
            if (p.kind, p.programme, p.item) != seen:
                name = p.programme if (p.kind, p.programme) != seen[:2] else ""
                rows.append(["", name, p.item, "", "", amount(p.kind, p.programme, p.item)])
            rows.append(["", "", "", p.thing, p.way, (p.amount, p.place)])
            seen = (p.kind, p.programme, p.item)
        return rows


_KIND_LABELS = {"货物": "一、货物A", "工程": "二、工程B", "服务": "三、服务C"}
_KINDS: dict[str, Callable[[Maker, Spec], list[Cells]]] = {
    "functions": Maker.function_rows,
    "economics": Maker.economic_rows,
    "units": Maker.unit_rows,
    "single": Maker.single_row,
    "projects": Maker.project_rows,
    "sided": Maker.sided_rows,
    "pairs": Maker.pair_rows,
    "groups": Maker.group_rows,
    "stairs": Maker.stair_rows,
}


def _side(column: str, sides: Mapping[str, str]) -> str:
    """The column under the side of the document that its list belongs to."""
    side, colon, measure = column.rpartition(":")
    return f"{sides.get(side, side)}{colon}{measure}"


def _alternatives(of: Any) -> Sequence[Condition]:
    return of if isinstance(of, list) else [of]


def level(figures: Figures) -> str:
    return "部门" if figures.level == "department" else "单位"


def who(figures: Figures) -> str:
    return f"本{level(figures)}"
