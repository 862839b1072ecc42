"""Procurement as OCDS releases (Open Contracting Data Standard 1.1): tenders, awards, contracts and what was paid.

A release package as JSON; the same rows as a table would give, each refused one with its reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from yibenzhang.projects.importing import ImportRefused, number_key
from yibenzhang.projects.words import say

_OF_A_PROCESS = ("tender", "planning", "buyer")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
Json = Mapping[str, Any]


class _Wrong(Exception):
    """A release that cannot be taken; why."""


@dataclass(frozen=True, slots=True)
class Releases:
    """Rows for imports (kind, line and the fields of that kind), and why releases were refused."""

    rows: tuple[Mapping[str, Any], ...]
    refused: tuple[str, ...]


def releases_of(data: bytes, body: str = "", known: frozenset[str] = frozenset()) -> Releases:
    """What a release package tells. ``body``: the buyer where a release names none; ``known``: the numbers that were
    taken in before, which are not taken again. Raises ImportRefused."""
    try:
        package = json.loads(data, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise ImportRefused(say("not_json", why=str(error)[:120])) from error
    found = package.get("releases") if isinstance(package, dict) else None
    if not isinstance(found, list) or not found:
        raise ImportRefused(say("no_releases"))
    rows: list[Mapping[str, Any]] = []
    refused: list[str] = []
    processes = _processes(found)
    taken = set(known)
    for n, release in enumerate(found, start=1):
        try:
            process = processes.get(str(release.get("ocid") or ""), _Process())
            made = [{k: v for k, v in row.items() if v} for row in _rows(release, process, n, body)]
            if not made and not process.rows:
                raise _Wrong(say("no_release_rows"))
            again = _again(made, taken)
            refused += [say("release_row", line=r["line"], number=r["number"]) for r in again]
            rows += [r for r in made if r not in again]
        except (_Wrong, AttributeError, TypeError, KeyError) as error:
            refused.append(_refusal(n, release, error))
    return Releases(tuple(rows), tuple(refused))


def _refusal(n: int, release: Any, error: Exception) -> str:
    ocid = release.get("ocid", "") if isinstance(release, dict) else ""
    why = str(error) if isinstance(error, _Wrong) else type(error).__name__
    return say("release", n=n, ocid=ocid, why=why)


def _again(rows: Sequence[Json], taken: set[str]) -> list[Json]:
    """Those with a number that was taken before; the others' numbers are taken now."""
    out: list[Json] = []
    for row in rows:
        key = number_key(row["kind"], row)
        if row.get("number") and key in taken:
            out.append(row)
        taken.add(key)
    return out


@dataclass(frozen=True, slots=True)
class _Process:
    """What all releases of a process say of it: title, budget and buyer (``said``), the suppliers by award, and whether
    any has rows to take."""

    said: Json = field(default_factory=dict)
    suppliers: Mapping[str, Any] = field(default_factory=dict)
    rows: bool = False


def _processes(releases: Sequence[Any]) -> dict[str, _Process]:
    """The processes by their ocid."""
    out: dict[str, _Process] = {}
    for release in releases:
        if isinstance(release, dict) and isinstance(ocid := release.get("ocid"), str) and ocid:
            before = out.get(ocid, _Process())
            awards = release.get("awards")
            known = [a for a in awards if isinstance(a, dict)] if isinstance(awards, list) else []
            out[ocid] = _Process(
                {**before.said, **{k: release[k] for k in _OF_A_PROCESS if isinstance(release.get(k), dict)}},
                {**before.suppliers, **{str(a.get("id")): a.get("suppliers") for a in known}},
                before.rows or bool(known or release.get("contracts")),
            )
    return out


def _rows(release: Json, process: _Process, n: int, body: str) -> Iterator[dict[str, Any]]:
    own = _project({**process.said, **release}, body)
    suppliers = {**process.suppliers}
    suppliers |= {str(a.get("id")): a.get("suppliers") for a in release.get("awards") or ()}
    for k, award in enumerate(release.get("awards") or (), start=1):
        yield {
            **own,
            "kind": "procurement",
            "line": f"release {n} award {k}",
            "number": str(award.get("id") or ""),
            "date": _day(award.get("date") or release.get("date")),
            "amount": _amount(award.get("value")),
            "supplier": _names(award.get("suppliers")),
        }
    for k, contract in enumerate(release.get("contracts") or (), start=1):
        line = f"release {n} contract {k}"
        yield from _contract(contract, own, line, _names(suppliers.get(str(contract.get("awardID")))))


def _project(release: Json, body: str) -> dict[str, Any]:
    """What every row of a release has: name, body and code of its project. Raises _Wrong."""
    tender, planning = release.get("tender") or {}, release.get("planning") or {}
    title = str(tender.get("title") or planning.get("project") or "").strip()
    buyer = release.get("buyer") or tender.get("procuringEntity") or {}
    who = str(buyer.get("name") or body).strip()
    if not title:
        raise _Wrong(say("no_title"))
    if not who:
        raise _Wrong(say("no_buyer"))
    return {"name": title, "body": who, "code": str(planning.get("budget", {}).get("projectID") or "")}


def _contract(contract: Json, own: Json, line: str, supplier: str) -> Iterator[dict[str, Any]]:
    """A contract and what was paid of it."""
    number = str(contract.get("id") or "")
    day = contract.get("dateSigned") or (contract.get("period") or {}).get("startDate")
    yield {
        **own,
        "kind": "contract",
        "line": line,
        "number": number,
        "date": _day(day),
        "amount": _amount(contract.get("value")),
        "supplier": supplier,
    }
    paid = (contract.get("implementation") or {}).get("transactions") or ()
    for j, one in enumerate(paid, start=1):
        yield {
            **own,
            "kind": "payment",
            "line": f"{line} payment {j}",
            "number": str(one.get("id") or ""),
            "contract": number,
            "date": _day(one.get("date")),
            "amount": _amount(one.get("value")),
            "supplier": str((one.get("payee") or {}).get("name") or supplier),
        }


def _names(suppliers: Any) -> str:
    return "、".join(str(s.get("name", "")) for s in suppliers or ())


def _day(value: Any) -> str:
    found = _DAY.match(str(value or ""))
    if found is None:
        raise _Wrong(say("no_date"))
    return found[0]


def _amount(value: Json | None) -> str:
    if not value or value.get("amount") is None:
        return ""
    if value.get("currency", "CNY") != "CNY":
        raise _Wrong(say("other_currency", currency=value["currency"]))
    return f"{Decimal(str(value['amount'])):f}"
