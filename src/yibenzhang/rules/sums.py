"""From the sums of the standards and the facts of a document to relations; what is missing is told."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from yibenzhang.balance.evaluate import evaluate
from yibenzhang.model.amounts import CellState
from yibenzhang.model.facts import Fact, Row
from yibenzhang.model.relations import NotChecked, Outcome, Relation, Term
from yibenzhang.recognising.table_facts import BlockFacts, TableFacts
from yibenzhang.rules.addresses import Book
from yibenzhang.standards import Address, Standards, SumRule

Built = Relation | NotChecked


def build(
    tables: tuple[TableFacts, ...], stage: str, region: str, standards: Standards, torn: frozenset[str]
) -> list[Built]:
    """Every relation the standards ask of these tables, and every one that could not be set up.

    ``torn`` are the tables (ids) that may go on over a page that could not be read: their lists of rows
    may lack some, so nothing is said about them.
    """
    book = Book(tables, stage)
    out: list[Built] = []
    for rule in standards.rules:
        if rule.regions and region not in rule.regions:
            continue
        if rule.form == "columns":
            out.extend(_columns(rule, tables, standards))
        elif rule.form == "rows":
            out.extend(_rows(rule, tables, torn))
        else:
            out.extend(_equal(rule, book, region, standards))
    return out


def layout_of(table: TableFacts, block: BlockFacts) -> str:
    """How the rows of a block hang together (see tables.toml)."""
    standard = table.table.standard
    if standard and standard.layout in ("projects", "stairs", "form"):
        return standard.layout
    kinds = [c.kind for c in block.block.labels]
    if "code" in kinds:
        return "coded"
    if kinds.count("name") >= 2:
        return "grouped"
    return "sided" if kinds else "single"


def _sum(
    rule: SumRule,
    key: str,
    total: Fact | None,
    parts: list[tuple[int, Fact]],
    parent: str = "",
    told: bool = False,
) -> Built | None:
    """total = Σ parts as a relation; None where there is nothing to check. Blank parts count as nothing.

    ``told``: the rows are filled in, so that a blank total, or parts all blank, are nothing as well.
    """
    if total is None or not parts:
        return None
    facts = [total, *(f for _, f in parts)]
    printed = [f for f in facts[1:] if f.printed]
    if any(f.state == CellState.UNREADABLE for f in facts):
        return NotChecked(rule.id, f"{total.where}或其分项中有无法识别的数字", total.table)
    if not total.printed:
        if not any(f.amount and f.amount.value for f in printed):
            return None
        if not told or total.state != CellState.BLANK:
            return NotChecked(rule.id, f"{total.where}为空，分项有数", total.table)
    elif not printed:
        if not (total.amount and total.amount.value):
            return None
        if not told or any(f.state != CellState.BLANK for f in facts[1:]):
            return NotChecked(rule.id, f"{total.where}有数，分项全部为空", total.table)
    terms = (Term(1, total), *(Term(-sign, f) for sign, f in parts))
    return Relation(f"{rule.id}|{key}", rule.id, terms, parent)


# ---- one row, several columns ----------------------------------------------------------------------


def _columns(rule: SumRule, tables: tuple[TableFacts, ...], standards: Standards) -> Iterator[Built]:
    for table in tables:
        if not table.table.standard or table.table.standard.id not in rule.tables:
            continue
        for block in table.blocks:
            yield from _block_columns(rule, table, block, standards)


def _block_columns(
    rule: SumRule, table: TableFacts, block: BlockFacts, standards: Standards
) -> Iterator[Built]:
    measures = [c.measure for c in block.block.measures if c.kind == "measure"]
    for basis in sorted({m.partition("@")[2] for m in measures}):
        suffix = f"@{basis}" if basis else ""
        have = {m.removesuffix(suffix) for m in measures if m.endswith(suffix) and ("@" in m) == bool(basis)}
        signs = {p.lstrip("-"): -1 if p.startswith("-") else 1 for p in rule.parts}
        parts = [p for p in signs if p in have]
        if (
            rule.total not in have
            or len(parts) < 2
            or not set(rule.needs) <= have
            or set(rule.without) & have
        ):
            continue
        if len(measures) != len(set(measures)):
            yield NotChecked(rule.id, "表头有两栏含义相同，无法分辨", table.table.id)
            continue
        if block.unknown:
            names = "、".join(c.title or f"第{c.index + 1}栏" for c in block.unknown[:3])
            yield NotChecked(rule.id, f"表头有不认识的栏：{names}", table.table.id)
            continue
        others = _others(rule, have, standards)
        for k, row in enumerate(block.rows):
            found = [(signs[p], f) for p in parts if (f := block.cells.get((k, p + suffix)))]
            key = f"{table.table.id}/{row.index}{suffix}"
            beside = [
                f for o in others if (f := block.cells.get((k, o + suffix))) and f.amount and f.amount.value
            ]
            if beside:
                yield NotChecked(rule.id, f"还有一栏有数：{beside[0].where}", table.table.id)
            elif made := _sum(
                rule, key, block.cells.get((k, rule.total + suffix)), found, told=_filled(table, block, [k])
            ):
                yield made


def _filled(table: TableFacts, block: BlockFacts, rows: list[int]) -> bool:
    """Each of these rows of a list with codes has numbers, and no cell can have slid."""
    sure = table.table.table.confidence == "ruled" and layout_of(table, block) == "coded"
    return sure and all(k in block.told for k in rows)


def _others(rule: SumRule, have: set[str], standards: Standards) -> list[str]:
    """Columns that may also belong to the total: neither its parts nor parts of these."""
    parts_of: dict[str, set[str]] = {}
    for other in standards.rules:
        if other.form == "columns" and set(other.tables) & set(rule.tables):
            parts_of.setdefault(other.total, set()).update(p.lstrip("-") for p in other.parts)
    if rule.total != "total":
        known = {p.lstrip("-") for p in rule.parts}
        return sorted(m for m in have - known if m.startswith(rule.total + "."))
    inside = {rule.total}
    grown = {p.lstrip("-") for p in rule.parts} | parts_of.get(rule.total, set())
    while grown - inside:
        inside |= grown
        grown = {q for p in grown for q in parts_of.get(p, set()) if p != rule.total}
    return sorted(have - inside)


# ---- one column, several rows ----------------------------------------------------------------------


def _rows(rule: SumRule, tables: tuple[TableFacts, ...], torn: frozenset[str]) -> Iterator[Built]:
    for table in tables:
        if table.table.standard is None:
            continue
        if table.table.id in torn:
            yield NotChecked(rule.id, f"“{table.table.name}”可能延续到未能读取的页", table.table.id)
            continue
        for position, block in enumerate(table.blocks):
            layout = layout_of(table, block)
            if layout not in rule.layouts:
                continue
            if rule.kind == "total" and layout == "coded" and len(table.blocks) > 1:
                if position == 0:
                    yield from _totals_over_blocks(rule, table)
                continue
            for total, parts in _LISTS[rule.kind](block.rows):
                where = f"{table.table.id}/{position}/{block.rows[total].index}"
                yield from _list(rule, table, block, total, parts, where)


def _list(
    rule: SumRule, table: TableFacts, block: BlockFacts, total: int, parts: list[int], where: str
) -> Iterator[Built]:
    if reason := _unclear(table, block, parts):
        yield NotChecked(rule.id, reason, table.table.id)
        return
    nested = layout_of(table, block) == "projects"
    for measure in dict.fromkeys(c.measure for c in block.block.measures if c.kind == "measure"):
        found = [(1, f) for k in parts if (f := block.cells.get((k, measure)))]
        told = _filled(table, block, [total, *parts])
        made = _sum(rule, f"{where}/{measure}", block.cells.get((total, measure)), found, where, told)
        if nested and isinstance(made, Relation) and _heads_among(made):
            made = NotChecked(
                rule.id, f"{made.total.where}：项目之间似有从属关系，无法确定层级", table.table.id
            )
        if made:
            yield made


def _unclear(table: TableFacts, block: BlockFacts, parts: list[int]) -> str:
    """Why the tree of these rows is not sure; empty where it is."""
    for k in parts:
        row = block.rows[k]
        if row.role == "unclear" and k in block.told:
            return f"“{row.label}”行没有编号，无法确定它的上下级"
    between = range(min(parts), max(parts) + 1) if parts else range(0)
    for k in between:
        if block.rows[k].role == "unclear" and k in block.told:
            return f"“{block.rows[k].label}”行没有编号，无法确定它的上下级"
    if layout_of(table, block) != "coded":
        return ""
    if twice := block.repeated_code:
        return f"科目编码 {twice} 出现多次，无法确定行的上下级"
    for k in parts:
        if not block.rows[k].code and k in block.told:
            return f"“{block.rows[k].label}”行没有科目编码，无法确定它的上下级"
    return ""


def _heads_among(relation: Relation) -> bool:
    """In a broken list of projects: one of them equals the sum of those right below it, so it heads them."""
    if evaluate([relation])[0].outcome != Outcome.CONTRADICTED:
        return False
    values = [t.fact.amount.base if t.fact.amount else Decimal(0) for t in relation.parts]
    for at, head in enumerate(values):
        below = Decimal(0)
        for value in values[at + 1 :] if head else ():
            below += value
            if below == head:
                return True
            if below > head:
                break
    return False


def _totals_over_blocks(rule: SumRule, table: TableFacts) -> Iterator[Built]:
    """Lists side by side: blocks that share a total ("公用经费合计") add up to it together."""
    shared: dict[str, tuple[Fact, list[tuple[BlockFacts, list[int]]]]] = {}
    without = 0
    for block in table.blocks:
        totals = [k for k, r in enumerate(block.rows) if r.role == "total"]
        fact = block.cells.get((totals[0], "total")) if len(totals) == 1 else None
        if fact is None:
            without += bool(_top(block.rows))
            continue
        shared.setdefault(fact.id, (fact, []))[1].append((block, _top(block.rows)))
    for fact, lists in shared.values():
        if reason := next((r for b, top in lists if (r := _unclear(table, b, top))), ""):
            yield NotChecked(rule.id, reason, table.table.id)
            continue
        if without:
            yield NotChecked(rule.id, "并排的栏中有的没有合计，无法确定合计包括哪几栏", table.table.id)
            continue
        parts = [(1, f) for b, top in lists for k in top if (f := b.cells.get((k, "total")))]
        if made := _sum(rule, f"{table.table.id}/{fact.row.index}/{fact.row.token}", fact, parts):
            yield made


Lists = Iterator[tuple[int, list[int]]]


def _children(rows: tuple[Row, ...]) -> Lists:
    """Every row with the rows right below it in the tree."""
    below: dict[int, list[int]] = {}
    for k, row in enumerate(rows):
        if row.parent is not None and row.role == "item":
            below.setdefault(row.parent, []).append(k)
    yield from below.items()


def _top(rows: tuple[Row, ...]) -> list[int]:
    roles = ("item", "unclear")
    return [k for k, r in enumerate(rows) if r.parent is None and r.role in roles and (r.code or r.label)]


def _total(rows: tuple[Row, ...]) -> Lists:
    """The total row with all top rows; two total rows in one list are not understood, so left alone."""
    totals = [k for k, r in enumerate(rows) if r.role == "total"]
    if len(totals) == 1:
        yield totals[0], _top(rows)


def _subtotal(rows: tuple[Row, ...]) -> Lists:
    """The row "本年收入合计" with the items above it."""
    for at, row in enumerate(rows):
        if row.role == "subtotal":
            yield at, [k for k in _top(rows) if k < at]
            return


def _grand_total(rows: tuple[Row, ...]) -> Lists:
    """The last total with the subtotal and the items after it; without a subtotal, with all items."""
    totals = [k for k, r in enumerate(rows) if r.role == "total"]
    if not totals:
        return
    at = totals[-1]
    start = next((k for k, r in enumerate(rows[:at]) if r.role == "subtotal"), None)
    items = [k for k in _top(rows) if k < at and (start is None or k > start)]
    yield at, items if start is None else [start, *items]


_LISTS = {
    "children": _children,
    "numbered": _children,
    "total": _total,
    "subtotal": _subtotal,
    "grand_total": _grand_total,
}


# ---- between tables --------------------------------------------------------------------------------


def _equal(rule: SumRule, book: Book, region: str, standards: Standards) -> Iterator[Built]:
    if rule.left is None or not _applies(rule, book):
        return
    sides = [rule.left, *rule.right]
    if not any(book.tables_of(a) for a in sides):
        return
    for address in sides:
        found = book.tables_of(address)
        if not found and not address.optional:
            wanted = standards.table_by_id.get(book.table_id(address))
            asked = wanted is not None and (not wanted.regions or not region or region in wanted.regions)
            if asked and wanted is not None:
                yield NotChecked(rule.id, f"没有找到“{wanted.name}”")
            return
        if len(found) > 1:
            yield NotChecked(rule.id, f"“{found[0].table.name}”出现 {len(found)} 次，无法确定用哪一张")
            return
    lefts = book.resolve(rule.left)
    rights = [(a, book.resolve(a)) for a in rule.right]
    if not lefts:
        if reason := _absent(rule.left, book):
            yield NotChecked(rule.id, reason)
        return
    for key, left in lefts.items():
        terms: list[tuple[int, Fact]] = [(1, f) for f in left]
        missing: str | None = None
        for address, found_right in rights:
            facts = found_right.get(key, [])
            if not facts and not address.optional and rule.left.row not in ("*", "class"):
                missing = _absent(address, book)
            terms.extend((-1, f) for f in facts)
        if missing is not None:
            if missing:
                yield NotChecked(rule.id, missing)
        elif made := _equality(rule, key, terms, len(left)):
            yield made


def _equality(rule: SumRule, key: str, terms: list[tuple[int, Fact]], lefts: int) -> Built | None:
    left, right = terms[:lefts], terms[lefts:]
    if not right or len({f.id for _, f in terms}) != len(terms):
        return None
    if any(f.state == CellState.UNREADABLE for _, f in terms):
        return NotChecked(rule.id, "有无法识别的数字", left[0][1].table)
    told_left = any(f.printed for _, f in left)
    told_right = any(f.printed for _, f in right)
    if told_left and told_right:
        return Relation(f"{rule.id}|{key}", rule.id, tuple(Term(c, f) for c, f in terms))
    if any(f.amount and f.amount.value for _, f in terms):
        empty = right[0][1] if told_left else left[0][1]
        return NotChecked(rule.id, f"一边有数，另一边{empty.where}为空", empty.table)
    return None


def _applies(rule: SumRule, book: Book) -> bool:
    def facts(address: Address) -> list[Fact]:
        return [f for found in book.resolve(address).values() for f in found]

    if any(f.amount and f.amount.value for a in rule.if_zero for f in facts(a)):
        return False
    if any(facts(a) for a in rule.if_absent):
        return False
    return all(facts(a) for a in rule.if_present)


def _absent(address: Address, book: Book) -> str:
    """Why an address is empty: a table drawn up without that row or column gives no reason to tell."""
    unknown = [c.title for t in book.tables_of(address) for b in t.blocks for c in b.unknown]
    if not unknown:
        return ""
    return (
        f"“{book.tables_of(address)[0].table.name}”有不认识的栏（{'、'.join(unknown[:3])}），没有找到所需的数"
    )
