"""Changes of the account in words of people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yibenzhang.resources.models import Proposal
from yibenzhang.resources.schema import Kind, Schema
from yibenzhang.resources.values import shown

STATE = "state"


def action_name(schema: Schema, action: str) -> str:
    """What a change is called: a step of states.toml, or an action of words.toml."""
    if action in schema.transitions:
        return schema.transitions[action].name
    return str(schema.words["actions"].get(action, action))


def change_sentence(schema: Schema, kind: Kind, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What became of each field, in one line."""
    parts = []
    for name in dict.fromkeys((*before, *after)):
        if name == STATE:
            known, state = schema.words["code"]["state"], schema.states
            parts.append(
                f"{known}：{state.get(before.get(name, ''), '')} → {state.get(after.get(name, ''), '')}"
            )
            continue
        field = kind.field(name)
        old, new = (
            _plain(shown(schema, field, v.get(name)) if field else v.get(name)) for v in (before, after)
        )
        parts.append(f"{field.name if field else name}：{old or '∅'} → {new or '∅'}")
    return "；".join(parts)


def proposal_row(schema: Schema, proposal: Proposal, **more: Any) -> dict[str, Any]:
    """A difference that waits for a decision, as it is given out; ``more`` stands before its sentence."""
    kind = schema.kinds[proposal.kind]
    changed = proposal.action == "change"
    return {
        "id": proposal.id,
        "source": proposal.source,
        "action": proposal.action,
        "action_name": action_name(schema, proposal.action),
        "kind": proposal.kind,
        "kind_name": kind.name,
        "name": proposal.name,
        "body": proposal.body,
        "before": proposal.before,
        "after": proposal.after,
        **more,
        "told": change_sentence(schema, kind, proposal.before, proposal.after) if changed else "",
    }


def _plain(value: object) -> str:
    return "" if value is None else str(value)
