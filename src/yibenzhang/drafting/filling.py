"""Templates of sentences (standards/drafts/*.j2): which one, and filled."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from yibenzhang.standards import HERE, StandardsError


def filled(path: Path, words: dict[str, Any]) -> str:
    """A template with these words. Raises StandardsError where it cannot be used."""
    try:
        return _compiled(path, path.stat().st_mtime_ns).render(words)
    except TemplateError as error:
        raise StandardsError(f"{path.name}: 模板有误：{error}") from error


@lru_cache(maxsize=16)
def _compiled(path: Path, stamp: int) -> Template:
    """``stamp`` tells one state of the file from another, so that an edit is seen at once."""
    environment = SandboxedEnvironment(lstrip_blocks=True, autoescape=False)
    environment.filters["prepend"] = lambda text, before: before + text if text else ""
    return environment.from_string(path.read_text(encoding="utf-8"))


def template_of(name: str, year: int, extra: str = "") -> Path:
    """The template for a year: the newest ``name@year`` not after it, else ``name``; one's own folder first."""
    for folder in ([Path(extra)] if extra else []) + [HERE / "drafts"]:
        dated = [p for p in folder.glob(f"{name}@*.j2") if int(p.stem.rpartition("@")[2]) <= year]
        if dated:
            return max(dated)
        if (folder / f"{name}.j2").exists():
            return folder / f"{name}.j2"
    raise StandardsError(f"没有 {name} 的正文模板（{name}.j2）。")
