"""What the sentences may say against the tables: competing readings settled, families of bindings judged.

A sentence is bound to a cell by a few words. Where another view of the cube has the same function, item or kind under
another fund, scope, stage or year, the sentence may mean that one: a reading that holds leaves the others silent.
Bindings made alike in one section are a family (as in laws.families): one that fails widely is misread, one that is
small accuses only with a second witness. A number that misses the other by a slip of the keyboard, or a rate by a
hair, speaks for the reading: a sentence that is misread gives numbers that have nothing to do with each other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from yibenzhang.balance.evaluate import evaluate
from yibenzhang.laws.families import ENOUGH, ONE_IN
from yibenzhang.model.coordinates import Coordinates
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import arguments
from yibenzhang.model.relations import NotChecked, Outcome, Relation, Result, Term
from yibenzhang.model.views import View
from yibenzhang.prose.quantities import Quantity
from yibenzhang.rules.slips import slip_of

UNCONFIRMED = "prose.unconfirmed"
"""A contradiction between sentence and table that nothing else bears out: a question, not an error."""
_OTHER = ("side", "fund", "period", "stage", "version", "year", "unit")
"""What another reading of the same words may differ in."""
_NO_LEVEL = ("change", "rate", "share")
_RESTATING = ("prose.table", "prose.slip", "prose.rounding")
_WIDELY = 3
"""Relations inside sentences need no table: a rule is misread in a document where so many fail, and one in so many."""
NEARLY = Decimal("0.02")
"""A rate off by so little of itself was worked out, if wrongly, from these numbers."""

Key = tuple[str, ...]
Family = tuple[str, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Supported:
    """The results of the text that count, and what was not understood."""

    results: tuple[Result, ...]
    not_checked: tuple[NotChecked, ...]


def supported(results: Sequence[Result], views: Sequence[View], quantities: Sequence[Quantity]) -> Supported:
    """Results of sentences, without those another reading explains and those that nothing supports."""
    cube = _Cube(views)
    borne = {
        f.id
        for r in results
        if r.outcome != Outcome.CONTRADICTED and not _trivial(r)
        for f in r.relation.facts()
    }
    settled = [
        cube.settled(r) if r.outcome == Outcome.CONTRADICTED else r
        for r in results
        if r.relation.rule != "prose.twice"
        or r.outcome != Outcome.CONTRADICTED
        or any(f.id not in borne for f in r.relation.facts())
    ]  # two amounts of one name that both add up are two amounts
    section = {q.fact.id: q.passage.section[:2] for q in quantities}
    families: dict[Family, list[Result]] = defaultdict(list)
    for r in settled:
        if not _trivial(r):
            families[_family(r, section)].append(r)
    lost = {id(r) for found in families.values() for r in _not_understood(found)}
    weak = {
        id(r)
        for found in families.values()
        for r in found
        if _fails(r) and id(r) not in lost and _of_tables(r.relation)
        if sum(not _fails(o) for o in found) < ENOUGH and not _witnessed(r, settled, cube)
    }
    blind = {id(r) for found in families.values() for r in _unheard(found)}
    out = [_judged(r, id(r) in weak, id(r) in blind) for r in settled if id(r) not in lost]
    count = Counter(r.relation.rule for r in settled if id(r) in lost)
    notes = [
        NotChecked(rule, template="not_understood", arguments=arguments(count=n)) for rule, n in count.items()
    ]
    return Supported(tuple(out), tuple(notes))


class _Cube:
    """The money of all views by what it is of, whatever fund, scope, stage or year it is in_tables under."""

    def __init__(self, views: Sequence[View]) -> None:
        self._key: dict[str, Key] = {}
        self._alike: dict[Key, list[Fact]] = defaultdict(list)
        self._columns: dict[tuple[str, int, int], dict[Key, Fact]] = {}
        for n, view in enumerate(views):
            for (r, c), fact in view.cells.items():
                at = view.places[r, c]
                if not fact.printed or fact.unit is None or fact.unit.dimension != "money":
                    continue
                if at.version in _NO_LEVEL or at.stage == "completion":
                    continue
                key = _key(at)
                self._key[fact.id] = key
                self._alike[key].append(fact)
                self._columns.setdefault((view.table, n, c), {}).setdefault(key, fact)

    def key(self, fact: Fact) -> Key | None:
        return self._key.get(fact.id)

    def settled(self, result: Result) -> Result:
        """The result, or that of another reading of the same words that holds."""
        relation = result.relation
        said = relation.total
        if (
            relation.rule not in _RESTATING
            or said.table != "prose"
            or not (said.amount and said.amount.value)
        ):
            return result  # nothing stands somewhere in every table
        for parts in self._readings(relation):
            [other] = evaluate(
                [replace(relation, rule="prose.table", terms=(Term(1, said), *parts), accuses=False)]
            )
            if other.outcome != Outcome.CONTRADICTED:
                return other
        return result

    def _readings(self, relation: Relation) -> Iterable[tuple[Term, ...]]:
        keys = [self._key.get(t.fact.id) for t in relation.parts]
        known = [k for k in keys if k is not None]
        if len(known) < len(keys):
            return
        if len(known) == 1:
            yield from ((Term(-1, f),) for f in self._alike[known[0]] if f.id != relation.parts[0].fact.id)
            return
        for column in self._columns.values():
            found = [column[k] for k in known if k in column]
            if found and known[0] in column:
                yield tuple(Term(-1, f) for f in found)


def _key(at: Coordinates) -> Key:
    return at.without(*_OTHER).values()


def _trivial(result: Result) -> bool:
    return all(not (f.amount and f.amount.value) for f in result.relation.facts())


def _family(result: Result, section: dict[str, tuple[str, ...]]) -> Family:
    """One way of binding in one section of the text; inside sentences the rule alone."""
    relation = result.relation
    if not _of_tables(relation):
        return relation.rule, "", ()
    said = next((f for f in relation.facts() if f.table == "prose"), None)
    rule = "prose.table" if relation.rule in _RESTATING else relation.rule
    return rule, relation.family, section.get(said.id, ()) if said else ()


def _of_tables(relation: Relation) -> bool:
    return any(f.table != "prose" for f in relation.facts())


def _fails(result: Result) -> bool:
    """The contradiction speaks against the reading: no slip explains it and no rate is nearly right."""
    relation = result.relation
    if result.outcome != Outcome.CONTRADICTED or relation.rule == "prose.rounding":
        return False
    if len(relation.terms) == 2 and slip_of(relation.terms[0].fact, relation.terms[1].fact):
        return False
    if not relation.note:
        return True
    rate = relation.terms[-1]
    printed = rate.fact.amount.value if rate.fact.amount else Decimal(0)
    return abs(result.residual) > abs(rate.coefficient * printed) * NEARLY


def _not_understood(found: Sequence[Result]) -> list[Result]:
    """The contradictions of a family that fails widely."""
    failed = [r for r in found if _fails(r)]
    inside = not any(_of_tables(r.relation) for r in failed)
    return failed if _widely(_matters(failed), len(found), inside) else []


def _matters(failed: Sequence[Result]) -> int:
    """How many they are, where what one number has too much and another too little is one: moved, not misread."""
    by = Counter(r.residual for r in failed)
    return len(failed) - sum(min(n, by[-left]) for left, n in by.items() if left > 0)


def _widely(failed: int, of: int, inside: bool) -> bool:
    """So many fail that the reading is misread."""
    return failed >= (_WIDELY if inside else 2) and failed * (_WIDELY if inside else ONE_IN) > of


def _unheard(found: Sequence[Result]) -> list[Result]:
    """What holds in a family that one more contradiction would make misread: nobody would hear of that one."""
    held = [r for r in found if r.outcome != Outcome.CONTRADICTED]
    inside = not any(_of_tables(r.relation) for r in found)
    failed = sum(_fails(r) for r in found)
    return held if failed and _widely(failed + 1, len(found), inside) else []


def _witnessed(result: Result, results: Sequence[Result], cube: _Cube) -> bool:
    """A second relation of the text bears it out."""
    relation = result.relation
    said = {f.id for f in relation.facts() if f.table == "prose"}
    in_tables = [f for f in relation.facts() if f.table != "prose"]
    ids = {f.id for f in in_tables}
    keys = {k for f in in_tables if (k := cube.key(f)) is not None}
    for r in results:
        facts = r.relation.facts()
        if r is result or _trivial(r):
            continue
        if r.outcome == Outcome.CONTRADICTED:
            if any(f.id in said for f in facts):
                return True
        elif any(f.id in ids or cube.key(f) in keys for f in facts if f.table != "prose"):
            return True  # the table's number is said elsewhere in the text
    return False


def _judged(result: Result, weak: bool, blind: bool) -> Result:
    """The result as it counts; bindings made alike are no family to the diagnosis, which folds by it."""
    relation = result.relation
    if blind:
        relation = replace(relation, accuses=False)
    restating = relation.rule in ("prose.table", "prose.share", "prose.completion", "prose.growth")
    rule = UNCONFIRMED if weak and restating else relation.rule
    return replace(result, relation=replace(relation, rule=rule, family=""))
