"""The rows of a block: codes, labels, and the tree that says which row is part of which."""

from __future__ import annotations

import re
from dataclasses import replace

from yibenzhang.model.documents import Cell
from yibenzhang.model.facts import Row
from yibenzhang.model.patterns import late
from yibenzhang.recognising.headers import Block
from yibenzhang.standards import Standards, fold
from yibenzhang.standards.patterns import patterns

_NUMBERING = (
    late(r"[一二三四五六七八九十廿卅百]+、"),
    late(r"\([一二三四五六七八九十廿卅百]+\)"),
    late(r"\d+[.、](?!\d)"),
    late(r"\(\d+\)|[①-⑳]"),
)
_WORDS = patterns("rows")
_BESIDE = ("carry_in", "carry_out", "use_balance", "distributed")
"""Rows that stand unnumbered beside numbered items."""
_LEAF = 9
"""The level of a project among the rows that head projects."""
_CODE_HEAD = late(r"(\d{3,7}(?:\s+\d{2}){0,2}|\d{3}\s?\d{0,3})(?=\D|$)")


def block_rows(
    grid: list[list[Cell | None]], first: int, block: Block, layout: str, standards: Standards
) -> tuple[Row, ...]:
    """The rows of a block in order, with their tree."""
    rows = [_row(grid[r], r, block, standards) for r in range(first, len(grid))]
    if layout == "projects":
        return tuple(_project_tree(grid, rows, block))
    if layout == "stairs":
        return tuple(_stairs_tree(grid, rows, block))
    if any(c.kind == "code" for c in block.labels):
        return tuple(_code_tree(rows))
    if sum(c.kind == "name" for c in block.labels) >= 2:
        return tuple(_grouped_tree(grid, rows, block))
    return tuple(_numbered_tree(rows))


def _row(cells: list[Cell | None], index: int, block: Block, standards: Standards) -> Row:
    code_cells = _distinct([cells[c.index] for c in block.labels if c.kind == "code"])
    name_cells = _distinct([cells[c.index] for c in block.labels if c.kind in ("name", "other")])
    code = "".join(_code_part(c.text, k) for k, c in enumerate(code_cells))
    label = " ".join(t for c in name_cells if (t := _one_line(c.text)))
    head = _one_line("".join(c.text for c in code_cells))
    if head and not code:
        code, label = _in_code_column(head, label, standards)
    row = Row(index, code, label)
    return replace(row, token=_token(row, standards), role=_role(row, standards))


def _in_code_column(head: str, label: str, standards: Standards) -> tuple[str, str]:
    """Code and label of a row whose column of codes holds ``head``, which is no code alone."""
    if re.search(r"\d{8}", head):
        return re.sub(r"\s", "", head), label
    if match := _CODE_HEAD.match(head):  # code and name in one cell
        return ("", label) if label else (re.sub(r"\s", "", match.group(1)), head[match.end() :].strip())
    return "", head if not label or fold(head) in standards.row_names else label


def _distinct(cells: list[Cell | None]) -> list[Cell]:
    out: list[Cell] = []
    for c in cells:
        if c is not None and all(c is not o for o in out):
            out.append(c)
    return out


def _folded(cell: Cell | None) -> str:
    return "" if cell is None else fold(cell.text)


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _code_part(text: str, position: int) -> str:
    digits = re.sub(r"\s", "", text)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
        return ""
    return digits.zfill(2) if position else digits


def bare(label: str) -> str:
    """A label without numbering, "其中" and trailing colon, as the standards compare it."""
    text = fold(label)
    text = _WORDS["of_which"].sub("", text, count=1) if text.startswith("其中") else text
    for pattern in _NUMBERING:
        match = pattern.match(text)
        if match:
            text = text[match.end() :]
            break
    return text.rstrip(":")


def _token(row: Row, standards: Standards) -> str:
    name = bare(row.label)
    if found := standards.row_names.get(name):
        return found.id
    if not row.code and name in standards.classes:
        return "class:" + standards.classes[name]
    return ""


def _role(row: Row, standards: Standards) -> str:
    if fold(row.label).startswith("其中"):
        return "of_which"
    found = standards.row_names.get(bare(row.label))
    if found is None or row.code:
        return "item"
    if found.kind == "subtotal" and _depth(row.label) is not None:
        return "item"
    return found.kind if found.kind in ("total", "subtotal") else "item"


def _depth(label: str) -> int | None:
    text = fold(label)
    for depth, pattern in enumerate(_NUMBERING):
        if pattern.match(text):
            return depth
    return None


def _code_tree(rows: list[Row]) -> list[Row]:
    """A row is part of the row with the longest code that begins its own."""
    seen: dict[str, int] = {}
    for k, row in enumerate(rows):
        if row.code and row.role == "item":
            seen.setdefault(row.code, k)
    out = []
    for k, row in enumerate(rows):
        parent = None
        if row.code and row.role == "item":
            for n in range(len(row.code) - 1, 2, -1):
                at = seen.get(row.code[:n])
                if at is not None and at != k:
                    parent = at
                    break
        out.append(replace(row, parent=parent, level=len(row.code)))
    return out


def _numbered_tree(rows: list[Row]) -> list[Row]:
    """Numbering gives the depth; after the subtotal an unnumbered row opens a list of its own."""
    out: list[Row] = []
    stack: list[tuple[int, int]] = []  # (depth, row position)
    opened: int | None = None
    subtotal_seen = False
    for k, row in enumerate(rows):
        depth = _depth(row.label)
        parent: int | None = None
        if row.role in ("total", "subtotal"):
            stack, opened = [], None
            subtotal_seen |= row.role == "subtotal"
        elif row.role == "of_which":
            parent = stack[-1][1] if stack else None
        elif depth is None:
            named = bool(fold(row.label))
            if stack and not subtotal_seen and named and row.token not in _BESIDE:
                row = replace(row, role="unclear")  # an unnumbered line in a numbered list: part or item?
            else:
                stack = []
            opened = k if named and subtotal_seen else None
        else:
            parent = _parent_above(stack, depth, opened)
            stack.append((depth, k))
        out.append(replace(row, parent=parent, level=depth or 0))
    return out


def _parent_above(stack: list[tuple[int, int]], level: int, otherwise: int | None = None) -> int | None:
    """The last row whose level is less; those of this level and deeper leave the stack of (level, row)."""
    while stack and stack[-1][0] >= level:
        stack.pop()
    return stack[-1][1] if stack else otherwise


def _grouped_tree(grid: list[list[Cell | None]], rows: list[Row], block: Block) -> list[Row]:
    """A merged cell at the left groups its rows; the row named 小计 sums the others of its group."""
    first, second = [c.index for c in block.labels if c.kind == "name"][:2]
    items = [grid[row.index][second] for row in rows]
    groups = _groups([grid[row.index][first] for row in rows], items)
    heads: dict[int, int] = {}
    for k, (group, item) in enumerate(zip(groups, items, strict=True)):
        if group is not None and group is not item and _folded(item) == "小计":
            heads.setdefault(id(group), k)
    out = []
    for k, (row, group, item) in enumerate(zip(rows, groups, items, strict=True)):
        head = heads.get(id(group)) if group is not item else None
        token = "group:" + bare(group.text) if group is not None and head == k else row.token
        role = "of_which" if _folded(item).startswith("其中") else row.role
        out.append(replace(row, parent=head if head != k else None, token=token, role=role))
    return out


def _groups(cells: list[Cell | None], items: list[Cell | None]) -> list[Cell | None]:
    """The cell that names the group of each row; one that runs over a page's end has lost its name on the next."""
    out: list[Cell | None] = []
    for cell, item in zip(cells, items, strict=True):
        lost = cell is not None and cell is not item and not fold(cell.text) and out
        out.append(out[-1] if lost else cell)
    return out


def _project_tree(grid: list[list[Cell | None]], rows: list[Row], block: Block) -> list[Row]:
    """Rows that name their unit are projects; the others head the rows below them.

    Levels by code: department (3 digits), unit (6), kind of project (2), group (longer, no unit).
    """
    units = [c.index for c in block.labels if c.path and "单位" in c.path[-1] and c.kind == "other"]
    coded = sum(bool(r.code) for r in rows) * 2 > len(rows)
    role = "item" if units or coded else "unclear"
    out: list[Row] = []
    stack: list[tuple[int, int]] = []
    for k, row in enumerate(_project_row(grid[row.index], row, block, role) for row in rows):
        if row.role == "total":
            out.append(row)
            stack = []
            continue
        leaf = not units or bool(_folded(grid[row.index][units[0]]))
        if leaf:
            level = _LEAF
        elif coded:
            level = {3: 1, 6: 2, 2: 3}.get(len(row.code), 4)
        else:
            level = _level_below(out, bool(stack))
        out.append(replace(row, level=level, leaf=leaf, parent=_parent_above(stack, level)))
        if not leaf:
            stack.append((level, k))
    return out


def _project_row(cells: list[Cell | None], row: Row, block: Block, role: str) -> Row:
    """The row with its name on one line; a total where it has no code, and no name or that of a total."""
    named = [column for column in block.labels if column.kind == "name"]
    own = [
        c for c in named if c.path and _WORDS["project"].search(fold(c.path[-1])) and _folded(cells[c.index])
    ]
    names = [c for column in own or named if (c := cells[column.index])]
    label = " ".join(_one_line(c.text) for c in names) or row.label
    total = not row.code and (row.role == "total" or not fold(label))
    return replace(row, label=label, role="total" if total else role)


def _level_below(rows: list[Row], inside: bool) -> int:
    """The level of a row without code and unit: a step below the row above where that is a heading too."""
    if not rows or rows[-1].leaf or rows[-1].role == "total":
        return 4
    below = rows[-1].level + 1
    return min(below, _LEAF - 1) if inside else below


def _stairs_tree(grid: list[list[Cell | None]], rows: list[Row], block: Block) -> list[Row]:
    """Procurement lists: a category, below it projects, below them the goods, each set in one step."""
    columns = [c.index for c in block.labels]
    out: list[Row] = []
    last: dict[int, int] = {}
    for k, row in enumerate(rows):
        texts = [
            fold(c.text) if (c := grid[row.index][i]) is not None and c.row == row.index else ""
            for i in columns
        ]
        if row.role == "total" or (texts and texts[0] in ("合计", "总计")):
            out.append(replace(row, role="total"))
            continue
        filled = [i for i, t in enumerate(texts) if t]
        if not filled:
            out.append(replace(row, role="of_which"))
            continue
        at = max(filled)
        level = 0 if at == 0 else (2 if at >= max(len(columns) - 2, 2) else 1)
        last = {d: i for d, i in last.items() if d < level}
        parent = last[max(last)] if last else None
        last[level] = k
        out.append(replace(row, level=level, parent=parent, role="item"))
    return out
