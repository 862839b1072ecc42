"""Who may see what of a caller. Nothing of a caller is written into logs, exports or the account."""

from __future__ import annotations

from collections.abc import Mapping

from yibenzhang.hotline.words import words

PERSONAL = ("caller", "phone", "address", "content")


def seen_by(role: str, row: Mapping[str, str]) -> dict[str, str]:
    """A row as a role sees it (words.toml, [role]); an unknown role sees nothing personal."""
    rules = words()["role"].get(role, {})
    return {k: _shown(str(v or ""), k, rules.get(k, "none")) if k in PERSONAL else v for k, v in row.items()}


def _shown(value: str, kind: str, how: str) -> str:
    if how == "full" or not value:
        return value
    if how != "masked":
        return ""
    if kind == "phone":
        return value[:3] + "*" * max(0, len(value) - 7) + value[-4:] if len(value) >= 11 else "*" * len(value)
    if kind == "caller":
        return value[0] + "*" * (len(value) - 1)
    return value[: len(value) // 3] + "*" * (len(value) - len(value) // 3)
