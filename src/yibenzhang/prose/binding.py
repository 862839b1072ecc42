"""Numbers in the text bound to numbers in the tables, by what the words before them say."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yibenzhang.model.facts import Fact
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.recognising.rows import bare
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.standards import Address, Concept, Standards, fold

_PATH = re.compile(
    r"(?P<one>[^,;。:“”\"、(]+)\(类\)(?:(?P<two>[^,;。:“”\"(]+(?:\([^)]*\)[^,;。:“”\"(]*)?)\(款\))?(?:(?P<three>[^,;。:“”\"(]+(?:\([^)]*\)[^,;。:“”\"(]*)?)\(项\))?"
)
_SPLIT = re.compile(r"[,;。:]")
_TAIL = re.compile(
    r"(?:(?:预算|决算)支出|支出|收入)?(?:年初预算|预算数?|决算数?)?(?:为|共|约|是|合计|总额|预计|安排|:)*$"
)
_BUDGET_BEFORE = re.compile(
    r"([^,。;:]{1,80}?)(?:年初预算|全年预算)数?为[\d,.]+(?:万元|元),(?:支出|收入)?决算数?为$"
)
_NARROWER = re.compile(r"基金|专户|国有资本|其他|事业|经营|上年|结转|教育收费")
"""Words before a phrase that make it speak of something narrower."""


_FARTHEST = 1000
"""Words this far before a number (characters) do not name it."""


def _paths(text: str) -> list[re.Match[str]]:
    """The functions named by class, group and item; looked for only where such words stand."""
    return list(_PATH.finditer(text)) if "(类)" in text else []


@dataclass(frozen=True, slots=True)
class Binding:
    """A number of the text with the table numbers it may restate; ``sure`` if it must equal the first.

    ``how`` is path, concept or label; ``sums`` are table numbers that make it up where none states it.
    """

    quantity: Quantity
    candidates: tuple[Fact, ...]
    sure: bool
    how: str
    sums: tuple[tuple[Fact, ...], ...] = ()
    phrase: str = ""
    """The first name of the concept, where one of the standards binds it."""

    @property
    def family(self) -> str:
        """What the binding has in common with others: the way it was made, by a phrase that phrase."""
        return f"{self.how}|{self.phrase}" if self.phrase else self.how


class Binder:
    """Looks up, for numbers in the text, the facts their words name."""

    def __init__(
        self, tables: tuple[TableFacts, ...], standards: Standards, stage: str, find: Finder
    ) -> None:
        self._standards = standards
        self._stage = stage
        self._find = find
        self._by_label: dict[str, list[Fact]] = {}
        for table in tables:
            if table.table.standard is None:
                continue
            for fact in table.facts():
                name = bare(fact.row.label)
                if fact.printed and len(name) >= 3 and fact.row.role == "item":
                    self._by_label.setdefault(name, []).append(fact)
        self._function = [
            t for t in tables if t.table.standard and t.table.standard.id.endswith(_FUNCTION_TABLES)
        ]

    def bind(self, q: Quantity) -> Binding | None:
        """The binding of a number, or None where its words name nothing in the tables."""
        if not q.money or q.kind not in (Kind.VALUE, Kind.ACTUAL, Kind.BUDGETED):
            return None
        spoken = q.lead + "".join(q.passage.section)
        if self._stage == "accounts" and q.kind == Kind.BUDGETED and "三公" not in spoken:
            return None  # the opening budget stands in no table of the accounts
        context = self._context(q)
        if found := self._path(context, q):
            return found
        concept, label = self._concept(q), self._label(q)
        if concept and label and label[0] > concept[0]:
            return label[1]
        return (concept or label or (0, None))[1]

    def _context(self, q: Quantity) -> str:
        """The words that may name the number: its lead, and before it the rest of the sentence."""
        text = q.passage.text
        begin = max(text.rfind("。", 0, q.start - len(q.lead)), text.rfind(";", 0, q.start)) + 1
        return text[begin : q.start]

    def _path(self, context: str, q: Quantity) -> Binding | None:
        context = context[-_FARTHEST:]
        paths = _paths(context)
        if not paths and q.kind == Kind.ACTUAL:  # "…（项）。主要用于…。年初预算为…，支出决算为…"
            paths = _paths(context := q.passage.text[max(0, q.start - 2 * _FARTHEST) : q.start])
        if not paths or (q.kind == Kind.VALUE and not _near(context, paths[-1].end())):
            return None
        match = paths[-1]
        if re.search(r"\d(?:万元|元)", context[match.end() :]) and q.kind != Kind.ACTUAL:
            return None  # the path's own amount has been given already
        names = [bare(n.strip("“”\"'1234567890.")) for n in match.groups() if n]
        facts = self._coded(names, deep=bool(match.group("three")))
        return Binding(q, tuple(facts), bool(facts) and self._is_own(q), "path") if facts else None

    def _is_own(self, q: Quantity) -> bool:
        """The number is this year's amount of the path, not some other amount in its sentence."""
        if not any(t.table.standard.id.endswith(_OWN_TABLES) for t in self._function if t.table.standard):
            return False  # the table that the text goes through is not there
        return q.kind == Kind.ACTUAL or self._stage == "budget"

    def _coded(self, names: list[str], deep: bool) -> list[Fact]:
        out = []
        if len(names) == 1:  # a class alone may be that of the whole expenditure, in a table without codes
            out += [f for f in self._by_label.get(names[0], ()) if f.standard.endswith(".balance")]
        for table in self._function:
            for block in table.blocks:
                codes = {r.code for r in block.rows}  # a level may have been left out
                for k, row in enumerate(block.rows):
                    if not row.code or bare(row.label) != names[-1] or (deep and len(row.code) < 7):
                        continue
                    chain, at = [], row.parent
                    while at is not None:
                        chain.append(bare(block.rows[at].label))
                        at = block.rows[at].parent
                    gaps = sum(row.code[:n] not in codes for n in (3, 5) if n < len(row.code))
                    if (
                        sum(_alike(n, chain) for n in names[:-1]) >= len(names) - 1 - gaps
                        and (f := block.cells.get((k, "total")))
                        and f.printed
                    ):
                        out.append(f)
        return out

    def _concept(self, q: Quantity) -> tuple[int, Binding] | None:
        """By a phrase of the standards, with the length of the phrase."""
        clause = _SPLIT.split(q.lead)[-1]
        if q.kind == Kind.ACTUAL and (before := _BUDGET_BEFORE.search(self._context(q))):
            clause = before.group(1)  # "…经费年初预算为 8.05 万元，支出决算为 4.11 万元"
        full = fold(clause)
        lead = _TAIL.sub("", full) or full
        section = fold("".join(q.passage.section))
        best: tuple[int, bool, Concept, str] | None = None
        for concept in self._standards.concepts:
            if concept.section and not any(s in section for s in concept.section):
                continue
            if any(s in section for s in concept.not_section) or any(w in full for w in concept.not_lead):
                continue
            for name in concept.folded:
                if not (lead.endswith(name) or full.endswith(name)):
                    continue
                if best is None or (len(name), concept.sure) > best[:2]:
                    best = (len(name), concept.sure, concept, name)
        if best is None:
            return None
        length, sure, concept, name = best
        zero = q.amount.value == 0  # "0 万元" restates a cell left blank as well as a printed zero
        facts = [
            f
            for address in concept.at
            for f in self._find.facts(address)
            if f.printed or (zero and f.interval is not None)
        ]
        basis = {Kind.BUDGETED: "@budgeted", Kind.ACTUAL: "@actual"}.get(q.kind)
        if basis:
            facts = [
                g
                for f in facts
                for g in [self._find.beside(f, basis)]
                if g is not None and (g.printed or (zero and g.interval is not None))
            ]
        sure = sure and not _NARROWER.search(full[: full.rfind(name)])
        sums = [] if facts else [self._made_up(addresses) for addresses in concept.sums]
        if not facts and not any(sums):
            return None
        made = tuple(s for s in sums if s)
        return length, Binding(q, tuple(dict.fromkeys(facts)), sure, "concept", made, concept.names[0])

    def _made_up(self, addresses: tuple[Address, ...]) -> tuple[Fact, ...]:
        """The numbers at these addresses, those that are there; the first one must be."""
        if not any(f.printed for f in self._find.facts(addresses[0])):
            return ()
        return tuple(f for a in addresses for f in self._find.facts(a) if f.printed)

    def _label(self, q: Quantity) -> tuple[int, Binding] | None:
        """By the name of a row, with its length."""
        plain = re.sub(r"\((?:类|款|项)\):?(?:20\d\d年)?", "", fold(q.lead))
        lead = _SPLIT.split(plain)[-1].rstrip("为共约是")
        short = re.sub(r"(?:项目)?(?:预算)?(?:支出)?(?:预算数?|决算数?)?(?:合计)?(?:为)?$", "", lead) or lead
        for text in (plain.split(",")[-1], lead, short):
            for start in range(len(text) - 2):
                name = bare(text[start:])
                facts = self._by_label.get(name)
                if facts:
                    return len(name), Binding(q, tuple(facts), False, "label")
        return None


_FUNCTION_TABLES = (
    ".general_function",
    ".expenditure",
    ".fiscal_expenditure",
    ".income",
    ".fund",
    ".state_capital",
)


_OWN_TABLES = (".general_function", ".fiscal_expenditure")
"""The tables whose items a text goes through one by one."""


def _near(context: str, end: int) -> bool:
    """Nothing but a short clause without an amount stands between the path and the number."""
    rest = context[end:]
    return len(rest) <= 40 and not re.search(r"[。;]", rest)


def _alike(name: str, chain: list[str]) -> bool:
    """The name stands in the chain, be it shortened ("一般公共服务" for "一般公共服务支出")."""
    return any(name in c or c in name for c in chain)


class Finder:
    """Facts by the addresses of the standards (see rules.addresses); handed in, so that imports go one way."""

    def facts(self, address: object) -> list[Fact]:
        raise NotImplementedError

    def beside(self, fact: Fact, basis: str) -> Fact | None:
        raise NotImplementedError
