"""The proof of the rules: every rule has a case where it fires and a twin that must not fire."""

from __future__ import annotations

import hashlib
import re
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from yibenzhang.checking.analysis import analysis_of
from yibenzhang.checking.check import Checked, check_document
from yibenzhang.ledger.comparing import compare
from yibenzhang.ledger.store import Ledger, Source
from yibenzhang.model.documents import Document
from yibenzhang.office.deadlines import due_on, issue_late
from yibenzhang.prose.passages import flat
from yibenzhang.reading.text import read_text
from yibenzhang.standards import HERE, Phrase, Standards, StandardsError, load


@dataclass(frozen=True, slots=True)
class Proof:
    """One rule put to the test: ``fault`` is empty where case and twin did what they must."""

    rule: str
    case: str
    fault: str


def document_of(text: str, name: str = "case.txt") -> Document:
    """A text as a document, without a file."""
    data = text.encode("utf-8")
    pages, notices = read_text(data)
    return Document(name, "text", hashlib.sha256(data).hexdigest(), pages, notices)


@dataclass(frozen=True, slots=True)
class Claim:
    """A rule and its case, not yet put to the test; ``fault`` does it."""

    rule: str
    case: str
    fault: Callable[[], str]

    def proof(self) -> Proof:
        return Proof(self.rule, self.case, self.fault())


def prove(extra: str = "", rule: str = "") -> list[Proof]:
    """All cases of the shipped standards and of the folder ``extra``, and the rules that have none; of one ``rule``
    alone where one is named."""
    return [claim.proof() for claim in claims(extra) if rule in ("", claim.rule)]


def claims(extra: str = "") -> list[Claim]:
    """The same before the proof: reading the cases takes no time, trying them does."""
    standards = load("", extra)
    out: list[Claim] = []
    for layer in [HERE, *([Path(extra)] if extra else [])]:
        folder = layer / "cases"
        cases = [*_load(folder / "prose.toml"), *_of_rules(layer)]
        several = [c for c in cases if isinstance(c.get("fires"), list)]
        cases = [c for c in cases if c not in several]
        out += [Claim(c["rule"], "几份文件", partial(_across, c, extra)) for c in several]
        out += [*_sums(folder, extra), *_texts(cases, folder, extra), *_dates(folder, standards)]
    out += _phrases(standards)
    claimed = {claim.rule for claim in out}
    unproved = [i for i in standards.rule_by_id if i not in claimed and i not in NEEDS_A_FILE]
    out += [Claim(i, "", lambda: "没有例子：请在 cases/ 里加一个") for i in unproved]
    return out


NEEDS_A_FILE = frozenset(
    {
        "reading.page",
        "reading.scanned",
        "reading.repaired",
        "reading.shifted",
        "profile.conflict",
        "presence.listed",
        "together.same",
        "together.same.unconfirmed",
    }
)
"""Rules about how a file was read; the tests of the readers prove them."""


def _of_rules(layer: Path) -> list[dict[str, Any]]:
    """The cases that stand with their rules."""
    entries = (e for path in sorted((layer / "rules").glob("*.toml")) for e in _load(path, "rule"))
    return [{"rule": e.get("id", ""), **case} for e in entries for case in e.get("case", ())]


def _load(path: Path, section: str = "case") -> list[dict[str, Any]]:
    if not path.exists():
        return []
    try:
        return list(tomllib.loads(path.read_text(encoding="utf-8")).get(section, []))
    except tomllib.TOMLDecodeError as error:
        raise StandardsError(f"{path.name}: 格式有误：{error}") from error


def _base(folder: Path, name: str) -> str:
    path = folder / name if (folder / name).exists() else HERE / "cases" / name
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise StandardsError(f"没有示例文件 {name}") from error


def _reported_rules(result: Checked) -> list[set[str]]:
    return [{f.rule, *(b.rule for b in f.broken)} for f in result.findings]


def _sums(folder: Path, extra: str) -> Iterator[Claim]:
    for case in _load(folder / "cases.toml"):
        where = f"{case['base']} 第{case['line']}行"
        yield Claim(case["rule"], where, partial(_sum, case, folder, extra))


def _sum(case: dict[str, Any], folder: Path, extra: str) -> str:
    lines = _base(folder, case["base"]).split("\n")
    cells = lines[case["line"] - 1].split("\t")
    if cells[case["at"]] != case["from"]:
        return f"该处是 {cells[case['at']]}，不是 {case['from']}"
    results = []
    for value in (case["to"], case["honest"]):
        changed = "\t".join([*cells[: case["at"]], value, *cells[case["at"] + 1 :]])
        text = "\n".join([*lines[: case["line"] - 1], changed, *lines[case["line"] :]])
        results.append(_reported_rules(check_document(document_of(text), extra)))
    return _fault(case["rule"], *results)


def _texts(cases: list[dict[str, Any]], folder: Path, extra: str) -> Iterator[Claim]:
    for case in cases:
        where = (case.get("fires") or (case.get("change") or [case.get("base", "")])[-1]).split("\n")[-1][:40]
        yield Claim(case["rule"], where, partial(_text, case, folder, extra))


def _text(case: dict[str, Any], folder: Path, extra: str) -> str:
    base = _base(folder, case["base"]) if case.get("base") else ""
    results = []
    for which, key in (("fires", "change"), ("twin", "honest")):
        text = base
        if case.get(key):
            if case[key][0] not in text:
                return f"示例文件里没有“{case[key][0]}”"
            text = text.replace(case[key][0], case[key][1], 1)
        results.append(
            _reported_rules(check_document(document_of(f"{text}\n{case.get(which, '')}".strip()), extra))
        )
    return _fault(case["rule"], *results)


def _across(case: dict[str, Any], extra: str) -> str:
    """A case of several documents, taken into a ledger one after the other."""
    results = []
    for which in ("fires", "twin"):
        texts = [_filled(case["text"], t) if "text" in case else t for t in case[which]]
        with tempfile.TemporaryDirectory() as folder:
            ledger = Ledger(folder)
            for k, text in enumerate(texts):
                made = analysis_of(check_document(document_of(text.strip(), f"{k}.txt"), extra))
                ledger.add(
                    [made], [Source(made.document, f"{k}.txt", made.document, f"2026-01-01T00:00:{k:02}")]
                )
            results.append([{f.rule} for f in compare(ledger, extra)])
    return _fault(case["rule"], *results)


def _filled(text: str, values: list[str]) -> str:
    for k, value in enumerate(values):
        text = text.replace(f"{{{k}}}", value)
    return text


def _dates(folder: Path, standards: Standards) -> Iterator[Claim]:
    for case in _load(folder / "dates.toml"):
        where = "、".join(str(day) for day in case["fires"].values())
        yield Claim(case["rule"], where, partial(_date, case, standards))


def _date(case: dict[str, Any], standards: Standards) -> str:
    results: list[list[set[str]]] = []
    for d in (case["fires"], case["twin"]):
        due = due_on(d.get("approved"), given=d.get("due"))
        issue = issue_late("某局部门预算", due, d.get("published"), d["today"], standards)
        results.append([{issue.rule}] if issue else [])
    return _fault(case["rule"], *results)


def _fault(rule: str, fires: list[set[str]], twin: list[set[str]]) -> str:
    if not any(rule in reported for reported in fires):
        return "该报的没有报" + (f"，报的是 {'、'.join(sorted(set().union(*fires)))}" if fires else "")
    if len(fires) > 1:
        return f"该报一处，报了 {len(fires)} 处：{'、'.join(sorted(set().union(*fires)))}"
    if twin:
        return f"不该报的报了：{'、'.join(sorted(set().union(*twin)))}"
    return ""


def _phrases(standards: Standards) -> Iterator[Claim]:
    for phrase in standards.phrases:
        yield Claim(phrase.id, phrase.fires[:40], partial(_phrase, phrase))


def _phrase(phrase: Phrase) -> str:
    pattern = re.compile(phrase.pattern)

    def hit(text: str) -> bool:
        printed = flat(text)
        return bool(pattern.search(printed)) and not (phrase.unless and re.search(phrase.unless, printed))

    if hit(phrase.twin):
        return "不该命中的例子命中了"
    return "" if hit(phrase.fires) else "例子没有命中"
