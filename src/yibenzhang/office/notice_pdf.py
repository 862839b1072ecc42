"""A notice as PDF, set by Typst with the machine's Chinese fonts embedded."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from yibenzhang.drafting.pdf import SANS, SERIF, compiled, fonts, quoted
from yibenzhang.office.notice_docx import MAX_COLUMNS, RECEIPT_COLUMNS, RECEIPT_END, is_number
from yibenzhang.office.notice_pictures import Album
from yibenzhang.office.notice_text import (
    CENTRE,
    FLUSH,
    HEADING,
    LIST,
    RECEIPT,
    RIGHT,
    TITLE,
    Line,
    Notice,
    NoticeItem,
)


def notice_pdf(notice: Notice) -> bytes:
    """The PDF; the same notice and fonts give the same bytes. Raises FontMissing where there is no Chinese font."""
    files: dict[str, bytes] = {}
    source = _source(notice, files)
    made = datetime(notice.date.year, notice.date.month, notice.date.day, tzinfo=UTC)
    return compiled(source, made, files)


def _string(words: str) -> str:
    return quoted(words)[1:]


def _source(notice: Notice, files: dict[str, bytes]) -> str:
    out = [_preamble(notice)]
    album = Album()
    for k, line in enumerate(notice.lines):
        if line.kind == LIST:
            out += [_item(item, album, files) for item in notice.items]
        elif line.kind == RECEIPT:
            out.append(_receipt(notice))
        else:
            out.append(_line(line, k > 0 and notice.lines[k - 1].kind != RIGHT))
    return "\n\n".join(out)


def _preamble(notice: Notice) -> str:
    return f"""#set document(title: {_string(notice.title)}, author: {_string(notice.office)}, date: none)
#set page(paper: "a4", margin: (x: 1.9cm, y: 2.2cm), numbering: "— 1 —")
#set text(font: {fonts(SERIF)}, size: 14pt, lang: "zh", region: "cn", cjk-latin-spacing: none)
#set par(first-line-indent: (amount: 2em, all: true), leading: 1em, spacing: 1em, justify: true)
#set table(stroke: 0.5pt + black, inset: (x: 4pt, y: 4.5pt))
#show table: set text(size: 9pt)
#show table: set par(first-line-indent: 0pt, leading: 0.5em, justify: false)
#show heading: set text(font: {fonts(SANS)}, weight: "regular", size: 14pt)
#show heading: set block(above: 1.2em, below: 1em, sticky: true)
#show heading: it => block(sticky: true, pad(left: 2em, it.body))
#let sans(body) = text(font: {fonts(SANS)}, body)
#let flush(body) = {{ set par(first-line-indent: 0pt); body }}
#let detail(label, body) = flush(block(above: 0.55em, below: 0.55em, inset: (left: 0.85cm), text(10.5pt, grid(
  columns: (2.05cm, 1fr), par(leading: 0.6em, sans(label)), par(leading: 0.6em, body)))))"""


def _line(line: Line, above: bool) -> str:
    text = quoted(line.text)
    if line.kind == TITLE:
        return f"#flush(align(center, block(below: 1.2em, par(leading: 0.7em, justify: false, text(20pt, sans[{text}])))))"
    if line.kind == HEADING:
        return f"#heading(level: 1)[{text}]"
    if line.kind == CENTRE:
        return f"#flush(align(center, block(below: 1.6em)[{text}]))"
    if line.kind == FLUSH:
        return f"#flush[{text}]"
    if line.kind == RIGHT:
        room = "#v(1.6em)\n" if above else ""
        return f"{room}#flush(align(right, block(breakable: false, inset: (right: 1cm))[{text}]))"
    return text


def _item(item: NoticeItem, album: Album, files: dict[str, bytes]) -> str:
    out = [f'#block(sticky: true, above: 1.3em, text(12pt, weight: "bold")[#h(2em){quoted(item.heading)}])']
    out += [f"#detail[{quoted(label)}][{quoted(words)}]" for label, words in item.details]
    if item.rows:
        out.append(_excerpt(item))
    for shown in album.of(item):
        caption = f"#text(10pt)[{quoted(shown.caption)}]"
        if not shown.png:
            out.append(f"#flush(align(center)[{caption}])")
            continue
        name = f"{len(files) + 1}.png"
        files[name] = shown.png
        alt = _string(f"问题 {item.number}：{shown.caption}")
        picture = f'#image("{name}", width: {shown.width:g}cm, alt: {alt})'
        out.append(
            f"#flush(block(breakable: false, width: 100%, align(center)[{picture}\n#v(-0.4em)\n{caption}]))"
        )
    return "\n".join(out)


def _excerpt(item: NoticeItem) -> str:
    columns = min(MAX_COLUMNS, max(len(r) for r in item.rows))
    cells = []
    for r, row in enumerate(item.rows):
        for c in range(columns):
            text = row[c] if c < len(row) else ""
            marked = (r, c) in item.marked
            fill = 'fill: rgb("FBE3E1"), ' if marked else ""
            side = "center" if r == 0 else "right" if is_number(text) else "left"
            words = f"strong({_string(text)})" if marked or r == 0 else _string(text)
            cells.append(f"table.cell({fill}align: {side} + horizon, {words})")
    return f"#flush(align(center, block(above: 0.8em, below: 1em, table(columns: {columns}, {', '.join(cells)}))))"


def _receipt(notice: Notice) -> str:
    widths = ", ".join(f"{w:g}fr" for _, w in RECEIPT_COLUMNS)
    head = ", ".join(f"strong({json.dumps(n, ensure_ascii=False)})" for n, _ in RECEIPT_COLUMNS)
    rows = ",\n  ".join(f"[{i.number}], {_string(i.sentence)}, [], []" for i in notice.items)
    return f"""#pagebreak(weak: true)
#flush(align(center, text(14pt, sans[整改情况反馈表])))
#flush(text(10.5pt, grid(columns: (1fr, auto), [{quoted(f"单位（盖章）：{notice.body}")}], [{quoted(notice.number)}])))
#flush[#show table: set text(size: 10pt)
#table(columns: ({widths}), rows: (auto, ) + (auto,) * {len(notice.items)}, inset: (x: 4pt, y: 8pt), align: left + horizon, table.header({head}),
  {rows})
#text(10.5pt)[{quoted(RECEIPT_END)}]]"""
