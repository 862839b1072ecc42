"""From a workbook to files: checked before anything is written, and all files or none."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from yibenzhang.checking.check import Checked, check_document
from yibenzhang.drafting.asking import Ask
from yibenzhang.drafting.compose import Composed, compose
from yibenzhang.drafting.data import write_csv, write_json
from yibenzhang.drafting.figures import Figures
from yibenzhang.drafting.html import write_html
from yibenzhang.drafting.parts import Draft, Grid
from yibenzhang.drafting.text import as_document, as_text
from yibenzhang.drafting.xlsx import write_xlsx
from yibenzhang.model.issues import Issue, Severity


def write_text(draft: Draft, path: Path) -> None:
    path.write_text(as_text(draft), encoding="utf-8")


def write_docx(draft: Draft, path: Path) -> None:
    from yibenzhang.drafting.docx import (
        write_docx as write,  # a third of a second that no other command needs
    )

    write(draft, path)


def write_pdf(draft: Draft, path: Path) -> None:
    from yibenzhang.drafting.pdf import write_pdf as write

    write(draft, path)


WRITERS: dict[str, Callable[[Draft, Path], None]] = {
    "docx": write_docx,
    "pdf": write_pdf,
    "xlsx": write_xlsx,
    "html": write_html,
    "txt": write_text,
    "json": write_json,
    "csv": write_csv,
}


@dataclass(frozen=True)
class Prepared:
    """A draft that was checked; it may be written only where ``ready``."""

    composed: Composed
    checked: Checked
    wrong: tuple[Issue, ...]
    asks: tuple[Ask, ...]

    @property
    def errors(self) -> bool:
        return any(f.severity == Severity.ERROR for f in self.wrong)

    @property
    def ready(self) -> bool:
        return not self.wrong and not self.asks


def prepare(figures: Figures, extra: str = "", grids: list[Grid] | None = None) -> Prepared:
    """Compose a draft and check it as any other document: findings above *notice* forbid writing."""
    composed = compose(figures, extra, grids)
    checked = check_document(as_document(composed.draft, figures.body), extra)
    wrong = tuple(f for f in checked.findings if f.severity != Severity.NOTICE)
    return Prepared(composed, checked, wrong, composed.asks)


def write_all(draft: Draft, folder: Path, formats: Iterable[str]) -> list[Path]:
    """Write the draft in every format: into a folder of its own first, so that nothing is half written.

    Raises OSError where the folder cannot be written, FontMissing where a PDF cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    word = "决算" if draft.stage == "accounts" else "预算"
    stem = f"{draft.body}{draft.year}年{word}".replace("/", "／").replace("\\", "＼")[:80]
    out = []
    with tempfile.TemporaryDirectory(dir=folder, prefix=".draft-") as temporary:
        for kind in formats:
            WRITERS[kind](draft, Path(temporary) / f"{stem}.{kind}")
        for made in sorted(Path(temporary).iterdir()):
            target = folder / made.name
            shutil.move(made, target)
            out.append(target)
    return out
