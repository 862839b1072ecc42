"""The rules that are code, in one catalogue with those that are data.

A rule is a function in a module of this package, registered by ``@rule`` with the ids of what it yields; name,
severity, basis, sentence, example, case and twin of each id stand in standards/rules/<family>.toml.
"""

from __future__ import annotations

import logging
import pkgutil
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import TypeAlias

import yibenzhang.rules
from yibenzhang.model.issues import Issue, arguments
from yibenzhang.model.relations import Made, NotChecked, Result
from yibenzhang.rules.case import Case, Fault
from yibenzhang.standards import Standards

Function: TypeAlias = Callable[[Case], Iterable[Made]]
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rule:
    """A function and what it is for.

    ``ids`` may be empty where ``data`` says whose entries it applies: "phrases" or "splits". ``needs`` says what
    must be there (see NEEDS), ``stages``, ``since`` and ``regions`` what disclosures it is meant for. ``each_file``:
    a disclosure in several files is looked at file by file. ``pooled``: its relations count by how many of their kind
    hold in the document (see checking.support).
    """

    ids: tuple[str, ...]
    run: Function
    data: str = ""
    needs: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    since: int = 0
    regions: tuple[str, ...] = ()
    each_file: bool = False
    pooled: bool = False

    @property
    def family(self) -> str:
        return self.name.partition(".")[0]

    @property
    def name(self) -> str:
        """The first of its ids."""
        return self.ids[0] if self.ids else f"{self.run.__module__.rpartition('.')[2]}.{self.data}"

    @property
    def key(self) -> tuple[str, str]:
        return self.run.__module__, self.run.__qualname__

    def covers(self, standards: Standards) -> frozenset[str]:
        """The ids it may yield."""
        given = getattr(standards, self.data) if self.data else ()
        return frozenset((*self.ids, *(entry.id for entry in given)))

    def meant_for(self, case: Case) -> bool:
        """The disclosure is one of those the rule is made for; an unknown year or stage is none that it is not for."""
        p = case.profile
        return (
            (not self.stages or not p.stage or p.stage in self.stages)
            and (not p.fiscal_year or p.fiscal_year >= self.since)
            and (not self.regions or p.region in self.regions)
        )


NEEDS: dict[str, Callable[[Case], bool]] = {
    "tables": lambda case: any(t.table.standard for t in case.tables),
    "text": lambda case: bool(case.passages),
    "forms": lambda case: bool(case.forms),
    "pages": lambda case: not case.unread,
    "year": lambda case: bool(case.profile.fiscal_year),
    "stage": lambda case: bool(case.profile.stage),
}
"""What a rule may ask for: standard tables, text, goals forms, all pages read, a known year, a known stage."""

WHOLE_FAMILY = frozenset({"tables", "text", "forms"})
"""Where these are not there, there is nothing to check: that is said once for a family, by its first rule."""
_RULES: dict[tuple[str, str], Rule] = {}


def rule(
    *ids: str,
    data: str = "",
    needs: tuple[str, ...] = (),
    stages: tuple[str, ...] = (),
    since: int = 0,
    regions: tuple[str, ...] = (),
    each_file: bool = False,
    pooled: bool = False,
) -> Callable[[Function], Function]:
    """Registers a function as the rule that yields these ids."""
    if not ids and not data:
        raise ValueError("a rule needs an id")
    if unknown := set(needs) - set(NEEDS):
        raise ValueError(f"no such need: {sorted(unknown)}")

    def register(function: Function) -> Function:
        made = Rule(ids, function, data, needs, stages, since, regions, each_file, pooled)
        _RULES[made.key] = made
        return function

    return register


@lru_cache(maxsize=1)
def _modules() -> tuple[str, ...]:
    """All modules of this package, imported: a rule is found by being there."""
    found = [m.name for m in pkgutil.walk_packages(yibenzhang.rules.__path__, "yibenzhang.rules.")]
    for name in found:
        import_module(name)
    return tuple(found)


_LEADS = "prose"
"""This family comes first: a cause is called after the first of its relations, and what the text says against the
tables and itself is plainer than what goals tables say."""


def rules() -> tuple[Rule, ...]:
    """All rules that are code, by family and id."""
    _modules()
    return tuple(sorted(_RULES.values(), key=lambda r: (r.family != _LEADS, r.family, r.name, r.key)))


Found: TypeAlias = "Result | Issue | NotChecked | Fault"
Decide: TypeAlias = Callable[[Made], Iterable[Result | Issue | NotChecked]]


def apply(case: Case, decide: Decide, among: Iterable[Rule] | None = None) -> Iterator[tuple[Rule, Found]]:
    """What the rules come to on a case, rule by rule; one that cannot be put to the test, or fails, says so.

    ``decide`` evaluates what a rule yields: rules themselves never evaluate.
    """
    silent: set[tuple[str, str]] = set()
    for one in rules() if among is None else among:
        if not one.meant_for(case):
            continue
        if missing := next((n for n in one.needs if not NEEDS[n](case)), ""):
            if missing not in WHOLE_FAMILY or (one.family, missing) not in silent:
                yield one, NotChecked(one.name, template=f"needs_{missing}")
            silent.add((one.family, missing))
            continue
        for part in case.files if one.each_file else (case,):
            yield from ((one, found) for found in _guarded(one, part, decide))


def _guarded(one: Rule, case: Case, decide: Decide) -> Iterator[Found]:
    """What one rule comes to; its failure ends neither the other rules nor the check."""
    known = one.covers(case.standards)
    try:
        for made in one.run(case):
            for found in decide(made):
                identity = found.relation.rule if isinstance(found, Result) else found.rule
                if identity not in known:
                    raise LookupError(f"{one.name} yields {identity}, which it is not registered for")
                yield found
    except MemoryError:  # the file's, not the rule's
        raise
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{last.filename.rpartition('yibenzhang/')[2]}:{last.lineno}"
        _LOG.warning("rule %s failed at %s", one.name, where, exc_info=error)
        yield Fault(one.name, f"{type(error).__name__}: {error}", where)
        named = case.standards.rule_by_id.get(one.name)
        name = named.name if named else one.name
        yield NotChecked(one.ids[0] if one.ids else "", template="failed", arguments=arguments(name=name))
