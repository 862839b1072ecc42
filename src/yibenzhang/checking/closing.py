"""Issues closed: severity, basis, sentence and id from the standards. The sentence of every issue is made here."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from yibenzhang.checking.placing import Whereabouts
from yibenzhang.model.issues import Issue, Severity, nested
from yibenzhang.model.relations import NotChecked
from yibenzhang.standards import RuleEntry, Standards
from yibenzhang.standards.templates import Message, fill


def _message(rule: str, standards: Standards, kind: str) -> tuple[str, Message]:
    """The name of a rule and its sentences, those of its kind below them."""
    entry = standards.rule_by_id.get(rule)
    below = standards.messages.get(kind, Message())
    if isinstance(entry, RuleEntry):
        return entry.name, entry.message.over(below)
    return entry.name if entry else "", below


def message_of(issue: Issue, standards: Standards) -> str:
    """The sentence for a person."""
    name, message = _message(issue.rule, standards, "cause" if issue.broken else "")
    return fill(message, issue.template, {"name": name, **issue.values}, standards.message_words)


def reason_of(item: NotChecked, standards: Standards) -> NotChecked:
    """With the reason in words."""
    if not item.template:
        return item
    name, message = _message(item.rule, standards, "not_checked")
    reason = fill(message, item.template, {"name": name, **dict(item.arguments)}, standards.message_words)
    return NotChecked(item.rule, reason, item.table)


def closed(
    issue: Issue, standards: Standards, printed: Whereabouts | None = None, key: str | None = None
) -> Issue:
    """The issue as it is shown. ``key`` tells it from others with the same sentence; without one its first place
    does. ``printed`` finds where the words stand that it quotes."""
    found = standards.rule_by_id[issue.rule]
    message = message_of(issue, standards)
    key = _key(issue) if key is None else key
    evidence = issue.evidence
    if printed is not None:
        evidence = tuple(e if e.fact else replace(e, place=printed.of(e.text, e.place)) for e in evidence)
    return replace(
        issue,
        id=issue.id or hashlib.sha256(f"{issue.rule}|{message}|{key}".encode()).hexdigest()[:12],
        severity=Severity(found.severity),
        message=nested(message),
        basis=tuple(standards.bases[b] for b in found.basis),
        evidence=evidence,
    )


def _key(issue: Issue) -> str:
    if not issue.evidence:
        return ""
    first = issue.evidence[0]
    return first.fact or first.table or (first.place.key if first.table_name else "")
