"""Sentences as data: a template with the values of an issue put in.

``{name}`` is a value, ``{name:.2f}`` the same in a format of Python, ``{name|word}`` the value looked up among the
words of messages.toml, ``[ … ]`` a stretch that is left out where one of its values is not there. A list of groups of
values is printed by the template that ``each`` gives for its name, with ``、`` between or what ``each`` gives beside
it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from yibenzhang.model.patterns import late

_FIELD = late(r"\{(\w+)(?::([^{}|]*))?(\|word)?\}")
_STRETCH = late(r"\[([^\[\]]*)\]")
_BETWEEN = "、"


@dataclass(frozen=True)
class Message:
    """The sentences of a rule by name (the empty name: its own), and how the lists in them are printed."""

    texts: Mapping[str, str] = field(default_factory=dict)
    each: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def over(self, below: Message) -> Message:
        """These sentences, those of another one where these lack them."""
        return Message({**below.texts, **self.texts}, {**below.each, **self.each})


class TemplateError(KeyError):
    """A sentence that names a value or a word that is not there."""


def message_from(entry: Mapping[str, Any]) -> Message:
    """The sentences of an entry of the standards: ``message``, ``messages`` and ``each``."""
    texts = dict(entry.get("messages", {}))
    if "message" in entry:
        texts[""] = entry["message"]
    each = {
        k: (v, _BETWEEN) if isinstance(v, str) else (v[0], v[1]) for k, v in entry.get("each", {}).items()
    }
    return Message(texts, each)


def fill(message: Message, template: str, values: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """The sentence of that name with these values. Raises TemplateError where one is missing."""
    if template not in message.texts:
        raise TemplateError(f"no sentence {template!r}")
    return _filled(message.texts[template], message, values, words)


def _filled(text: str, message: Message, values: Mapping[str, Any], words: Mapping[str, str]) -> str:
    out = []
    for stretch, optional in _stretches(text):
        names = [m.group(1) for m in _FIELD.finditer(stretch)]
        if optional and any(values.get(n) in (None, "", ()) for n in names):
            continue
        out.append(_FIELD.sub(lambda m: _value(m, message, values, words), stretch))
    return "".join(out)


@lru_cache(maxsize=1024)
def _stretches(text: str) -> tuple[tuple[str, bool], ...]:
    """The stretches of a template, each with whether it may be left out."""
    out, at = [], 0
    for m in _STRETCH.finditer(text):
        out += [(text[at : m.start()], False), (m.group(1), True)]
        at = m.end()
    return (*out, (text[at:], False))


def _value(
    match: re.Match[str], message: Message, values: Mapping[str, Any], words: Mapping[str, str]
) -> str:
    name, spec, word = match.groups()
    if name not in values:
        raise TemplateError(f"no value {name!r}")
    value = values[name]
    if word:
        if str(value) not in words:
            raise TemplateError(f"no word {value!r}")
        return words[str(value)]
    if isinstance(value, tuple):
        one, between = message.each.get(name, ("{text}", _BETWEEN))
        return between.join(_filled(one, message, {**values, **dict(v)}, words) for v in value)
    spec = spec or ""
    if isinstance(value, Decimal) and not spec.startswith((",", "+")):
        spec = f",{spec}"  # amounts have marks of thousands; years and counts are whole numbers, codes words
    return format(value, spec)
