"""A draft as PDF, set by Typst with the machine's Chinese fonts embedded."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from yibenzhang.drafting.fitting import Setting, repeated, setting
from yibenzhang.drafting.parts import LABELS, LEFT, UP, Draft, FontMissing, Grid, Heading, Words
from yibenzhang.drafting.text import listed, span

SERIF = ("Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", "SimSun")
SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "SimHei")
_SIDES = {"l": "left", "c": "center", "r": "right"}


def write_pdf(draft: Draft, path: Path) -> None:
    """Write the draft. Raises FontMissing where the machine has no Chinese font, OSError where it cannot write."""
    path.write_bytes(as_pdf(draft))


def as_pdf(draft: Draft) -> bytes:
    """The PDF of a draft; the same draft and fonts give the same bytes."""
    return compiled(as_typst(draft), datetime(draft.year, 1, 1, tzinfo=UTC))


def compiled(source: str, made: datetime, files: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF of a Typst source and the pictures that it names. Raises FontMissing."""
    families = {name.lower() for name in typst.Fonts().families()}
    if not any(name.lower() in families for name in SERIF):
        raise FontMissing(
            f"没有找到中文字体（{'、'.join(SERIF)}），不能生成 PDF；请安装字体（Debian 上为 "
            "fonts-noto-cjk）或改用其他格式。"
        )
    if not files:
        return _bytes(typst.compile(source.encode(), format="pdf", timestamp=made))
    with TemporaryDirectory() as folder:  # pictures can only be named as files, below a root
        root = Path(folder)
        for name, data in files.items():
            (root / name).write_bytes(data)
        main = root / "main.typ"
        main.write_text(source, encoding="utf-8")
        return _bytes(typst.compile(str(main), root=folder, format="pdf", timestamp=made))


def _bytes(made: object) -> bytes:
    assert isinstance(made, bytes)
    return made


def quoted(words: str) -> str:
    """Words as a Typst expression: nothing in them is markup."""
    return "#" + json.dumps(re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", " ", words), ensure_ascii=False)


def fonts(names: tuple[str, ...]) -> str:
    """A Typst array of font names."""
    return "(" + ", ".join(f'"{n}"' for n in names) + ")"


def as_typst(draft: Draft) -> str:
    """The Typst source of a draft."""
    out = [_preamble(draft), "#v(5cm)"]
    for k, line in enumerate(draft.cover):
        out.append(f"#align(center, sans({26 if k == 0 else 20}pt)[{quoted(line)}])\n#v(1cm)")
    out.append(
        "#pagebreak()\n#align(center, sans(16pt)[目　录])\n#v(0.5cm)\n#outline(title: none, target: "
        "heading.where(outlined: true).and(selector.or(heading.where(level: 1), heading.where(level: "
        "2), heading.where(level: 4))))"
    )
    out.append('#set page(numbering: "1")\n#counter(page).update(1)')
    landscape = False
    entries = {k for k, _ in listed(draft)}
    for k, part in enumerate(draft.parts):
        if draft.wide(k) != landscape:
            landscape = not landscape
            out.append(f"#set page(flipped: {str(landscape).lower()})")
        elif draft.alone(k) or (isinstance(part, Heading) and part.level == 0):
            out.append("#pagebreak(weak: true)")
        if isinstance(part, Heading):
            out.append(f"#heading(level: {part.level + 1})[{quoted(part.text)}]")
        elif isinstance(part, Words):
            out.append(quoted(part.text))
        else:
            out.append(_table(part, k in entries, setting(draft, k)))
    return "\n\n".join(out)


def _preamble(draft: Draft) -> str:
    title = json.dumps(draft.title, ensure_ascii=False)
    body = json.dumps(draft.body, ensure_ascii=False)
    return f"""#set document(title: {title}, author: {body}, date: none)
#set page(paper: "a4", margin: (x: 1.9cm, y: 2.1cm), numbering: none)
#set text(font: {fonts(SERIF)}, size: 12pt, lang: "zh", region: "cn", cjk-latin-spacing: none)
#set par(first-line-indent: (amount: 2em, all: true), leading: 0.9em, spacing: 0.9em, justify: true)
#set table(stroke: 0.5pt + black, inset: (x: 3pt, y: 4.5pt))
#show table: set text(size: 8.5pt)
#show table: set par(first-line-indent: 0pt, leading: 0.5em, justify: false)
#show outline: set par(first-line-indent: 0pt)
#let sans(size, body) = text(font: {fonts(SANS)}, size: size, body)
#show heading: set text(font: {fonts(SANS)}, weight: "regular")
#show heading.where(level: 1): it => {{ set par(first-line-indent: 0pt); align(center, text(17pt, it.body)); v(0.4cm) }}
#show heading.where(level: 2): it => {{
  set par(first-line-indent: 0pt); block(above: 1.2em, below: 1em, text(13pt, it.body)) }}
#show heading.where(level: 3): it => {{
  set par(first-line-indent: 0pt); block(above: 1.1em, below: 0.9em, text(12pt, it.body)) }}
#show heading.where(level: 4): it => {{ set par(first-line-indent: 0pt); align(center, text(14pt, it.body)) }}
#set outline(indent: n => calc.min(n, 1) * 1.5em)
#let tabletitle(shown, body) = heading(level: 4, outlined: shown, bookmarked: shown, body)"""


def _table(grid: Grid, shown: bool, how: Setting) -> str:
    columns = ", ".join(f"{w:.3f}fr" for w in how.widths)
    lines = (*grid.header, *grid.rows)
    top = repeated(grid)
    head = ", ".join(_cells(lines, 0, top, grid))
    body = ",\n  ".join(_cells(lines, top, len(lines), grid))
    unit = f"单位：{grid.unit}" if grid.unit else ""
    above = f"#block(sticky: true, below: 6pt, text(10pt)[{quoted(grid.above)}])" if grid.above else ""
    label = (
        f"#block(sticky: true, width: 100%, below: 4pt, text(9pt, grid(columns: (1fr, auto), [{quoted(grid.holder)}],"
        f" [{quoted(unit)}])))"
        if unit or grid.holder
        else ""
    )
    points = 0.94 * how.points  # the sans and serif faces of Typst are a little wider than Word's
    inset = f"x: {how.beside:.3f}cm, y: {2.2 + how.above * 28:.2f}pt"
    small = f"#show table: set text(size: {points:.2f}pt)\n#set table(inset: ({inset}))"
    whole = "" if grid.header else "#block(breakable: false, width: 100%)"  # a form is read in one piece
    return f"""{whole or "#"}[#set par(first-line-indent: 0pt)
{above}
#block(sticky: true, width: 100%, below: 8pt, tabletitle({"true" if shown else "false"}, [{quoted(grid.title)}]))
{label}
{small}
#table(columns: ({columns}), {f"table.header({head})," if top else ""}
  {body})
{f"#text(9pt)[{quoted(grid.note)}]" if grid.note else ""}
]"""


def _cells(lines: tuple[tuple[str, ...], ...], first: int, last: int, grid: Grid) -> list[str]:
    out = []
    for r in range(first, last):
        for c, text in enumerate(lines[r]):
            if text in (LEFT, UP):
                continue
            wide, high = span(lines, r, c)
            letter = grid.align[c] if grid.align else ("l" if grid.columns[c] in LABELS else "r")
            number = text.replace(",", "").replace(".", "").replace("-", "").isdigit()
            centred = r < len(grid.header) or (wide > 1 and not number and grid.header)
            side = "center" if centred else _SIDES[letter]
            spans = f"colspan: {wide}, rowspan: {high}, align: {side} + horizon"
            words = json.dumps(text, ensure_ascii=False)
            shown = f'text(weight: "bold", {words})' if r < len(grid.header) else words
            out.append(f"table.cell({spans}, {shown})")
    return out
