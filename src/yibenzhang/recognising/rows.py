"""The rows of a block: codes, labels, and the tree that says which row is part of which."""

from __future__ import annotations

import re
from dataclasses import replace

from yibenzhang.model.documents import Cell
from yibenzhang.model.facts import Row
from yibenzhang.recognising.headers import Block
from yibenzhang.standards import Standards, fold

_NUMBERING = (
    re.compile(r"[一二三四五六七八九十廿卅百]+、"),
    re.compile(r"\([一二三四五六七八九十廿卅百]+\)"),
    re.compile(r"\d+[.、](?!\d)"),
    re.compile(r"\(\d+\)|[①-⑳]"),
)
_OF_WHICH = re.compile(r"其中:?")
_BESIDE = ("carry_in", "carry_out", "use_balance", "distributed")
"""Rows that stand unnumbered beside numbered items."""
_CODE_HEAD = re.compile(r"(\d{3,7}(?:\s+\d{2}){0,2}|\d{3}\s?\d{0,3})(?=\D|$)")


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
    code_cells = [cells[c.index] for c in block.labels if c.kind == "code"]
    name_cells = [cells[c.index] for c in block.labels if c.kind in ("name", "other")]
    code = "".join(_code_part(c.text, k) for k, c in enumerate(_distinct(code_cells)))
    label = " ".join(t for c in _distinct(name_cells) if (t := _one_line(c.text)))
    head = _one_line("".join(c.text for c in _distinct(code_cells)))
    if not code and head and not re.search(r"\d{8}", head):
        match = _CODE_HEAD.match(head)
        if match and not label:  # code and name in one cell
            code = re.sub(r"\s", "", match.group(1))
            label = head[match.end() :].strip()
        elif not match:
            label = label or head
            if label != head and fold(head) in standards.row_names:
                label = head
    if not code and head and re.search(r"\d{8}", head):
        code = re.sub(r"\s", "", head)
    row = Row(index, code, label)
    return replace(row, token=_token(row, standards), role=_role(row, standards))


def _distinct(cells: list[Cell | None]) -> list[Cell]:
    out: list[Cell] = []
    for c in cells:
        if c is not None and all(c is not o for o in out):
            out.append(c)
    return out


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
    text = _OF_WHICH.sub("", text, count=1) if text.startswith("其中") else text
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
            known = row.token in _BESIDE or not fold(row.label)
            if stack and not known and not subtotal_seen:
                row = replace(row, role="unclear")  # an unnumbered line in a numbered list: part or item?
            else:
                stack = []
            opened = k if fold(row.label) and subtotal_seen else None
        else:
            while stack and stack[-1][0] >= depth:
                stack.pop()
            parent = stack[-1][1] if stack else opened
            stack.append((depth, k))
        out.append(replace(row, parent=parent, level=depth or 0))
    return out


def _grouped_tree(grid: list[list[Cell | None]], rows: list[Row], block: Block) -> list[Row]:
    """A merged cell at the left groups its rows; the row named 小计 sums the others of its group."""
    first, second = [c.index for c in block.labels if c.kind == "name"][:2]
    groups: list[Cell | None] = []
    for row in rows:
        cell, item = grid[row.index][first], grid[row.index][second]
        # a group that runs over a page's end has lost its name on the next page
        lost = cell is not None and cell is not item and not fold(cell.text) and groups
        groups.append(groups[-1] if lost else cell)
    heads: dict[int, int] = {}
    for k, row in enumerate(rows):
        group, item = groups[k], grid[row.index][second]
        if group is not None and item is not None and group is not item and fold(item.text) == "小计":
            heads.setdefault(id(group), k)
    out = []
    for k, row in enumerate(rows):
        group, item = groups[k], grid[row.index][second]
        head = heads.get(id(group)) if group is not None and group is not item else None
        parent = head if head is not None and head != k else None
        token = row.token
        if head == k and group is not None:
            token = "group:" + bare(group.text)
        of_which = item is not None and fold(item.text).startswith("其中")
        out.append(replace(row, parent=parent, token=token, role="of_which" if of_which else row.role))
    return out


def _project_tree(grid: list[list[Cell | None]], rows: list[Row], block: Block) -> list[Row]:
    """Rows that name their unit are projects; the others head the rows below them.

    Levels by code: department (3 digits), unit (6), kind of project (2), group (longer, no unit).
    """
    unit_column = next(
        (c.index for c in block.labels if c.path and "单位" in c.path[-1] and c.kind == "other"), None
    )
    out: list[Row] = []
    stack: list[tuple[int, int]] = []
    coded = sum(bool(r.code) for r in rows) * 2 > len(rows)
    for k, row in enumerate(rows):
        cell = grid[row.index][unit_column] if unit_column is not None else None
        unit = fold(cell.text) if cell else ""
        names = [grid[row.index][c.index] for c in block.labels if c.kind == "name"]
        label = " ".join(_one_line(c.text) for c in names if c) or row.label
        if not row.code and (not fold(label) or row.role == "total"):
            out.append(replace(row, label=label, role="total"))
            stack = []
            continue
        leaf = bool(unit) or unit_column is None
        role = "unclear" if unit_column is None and not coded else "item"
        if leaf:
            level = 9
        elif coded:
            level = {3: 1, 6: 2, 2: 3}.get(len(row.code), 4)
        else:
            level = 4 if not out or out[-1].leaf or out[-1].role == "total" else out[-1].level + 1
            if stack and not out[-1].leaf:
                level = min(out[-1].level + 1, 8)
        while stack and stack[-1][0] >= level:
            stack.pop()
        out.append(
            replace(
                row, label=label, role=role, level=level, leaf=leaf, parent=stack[-1][1] if stack else None
            )
        )
        if not leaf:
            stack.append((level, k))
    return out


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
