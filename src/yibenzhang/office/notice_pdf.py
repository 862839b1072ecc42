"""A notice as PDF, set by Typst with the machine's Chinese fonts embedded."""

from __future__ import annotations

from datetime import UTC, datetime

from yibenzhang.drafting.pdf import SANS, SERIF, compiled, fonts, quoted
from yibenzhang.office.notice_layout import (
    ANNEX_TITLE,
    RECEIPT_COLUMNS,
    RECEIPT_END,
    RECEIPT_TITLE,
    Shown,
    is_number,
    pictures_of,
    square,
    title_lines,
    widths,
)
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

_WHOLE = 20
"""Rows up to which an excerpt stays on one page."""


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
    pictures = pictures_of(notice.items)
    for k, line in enumerate(notice.lines):
        if line.kind == LIST:
            for item, shown, pointer in zip(notice.items, pictures.inline, pictures.pointers, strict=True):
                out.append(_item(item, shown, pointer, files))
        elif line.kind == RECEIPT:
            out.append(_receipt(notice))
        else:
            before = notice.lines[k - 1].kind if k else ""
            after = RIGHT if any(x.kind == RIGHT for x in notice.lines[k + 1 : k + 3]) else ""
            out.append(_line(line, before, after))
    if pictures.annex and any(line.kind == LIST for line in notice.lines):
        out.append(f"#pagebreak(weak: true)\n{_centred(ANNEX_TITLE)}")
        out += [_picture(one, files) for one in pictures.annex]
    return "\n\n".join(out)


def _centred(words: str) -> str:
    return f"#flush(align(center, block(below: 1em, sticky: true, text(14pt, sans[{quoted(words)}]))))"


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


def _line(line: Line, before: str, after: str) -> str:
    text = quoted(line.text)
    if line.kind == TITLE:
        title = "\\ ".join(quoted(t) for t in title_lines(line.text))
        return (
            f"#flush(align(center, block(below: 1.2em, {{ set par(leading: 0.7em, justify: false); "
            f"text(20pt, sans[{title}]) }})))"
        )
    if line.kind == HEADING:
        return f"#heading(level: 1)[{text}]"
    if line.kind == CENTRE:
        return f"#flush(align(center, block(below: 1.6em)[{text}]))"
    if line.kind == RIGHT:
        room = "" if before == RIGHT else "above: 2.6em, "
        keep = "sticky: true, " if after else ""
        return f"#flush(align(right, block({room}{keep}breakable: false, inset: (right: 1cm))[{text}]))"
    if line.kind == FLUSH:
        text = f"#flush[{text}]"
    # a signature never stands alone on a page
    return f"#block(sticky: true, width: 100%, par[{text}])" if after == RIGHT else text


def _item(item: NoticeItem, pictures: tuple[Shown, ...], pointer: str, files: dict[str, bytes]) -> str:
    head = f'par(leading: 0.7em, text(12pt, weight: "bold")[{quoted(item.heading)}])'
    out = [f"#block(sticky: true, above: 1.4em, below: 0.9em, {head})"]
    details = (*item.details, *([("附图", pointer)] if pointer else []))
    out += [f"#detail[{quoted(label)}][{quoted(words)}]" for label, words in details]
    if item.rows:
        out.append(_excerpt(item))
    out += [_picture(shown, files) for shown in pictures]
    return "\n".join(out)


def _picture(shown: Shown, files: dict[str, bytes]) -> str:
    caption = f"#text(10pt)[{quoted(shown.caption)}]"
    if not shown.png:
        return f"#flush(align(center)[{caption}])"
    name = f"{len(files) + 1}.png"
    files[name] = shown.png
    picture = f'#image("{name}", width: {shown.width:g}cm, alt: {_string(shown.caption)})'
    return f"#flush(block(breakable: false, width: 100%, align(center)[{picture}\n#v(-0.4em)\n{caption}]))"


def _excerpt(item: NoticeItem) -> str:
    rows = square(item.rows)
    if not rows[0]:
        return ""
    cells = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            marked = (r, c) in item.marked
            fill = 'fill: rgb("FBE3E1"), ' if marked else ""
            side = "center" if r == 0 else "right" if is_number(text) else "left"
            words = f"strong({_string(text)})" if marked or r == 0 else _string(text)
            cells.append(f"table.cell({fill}align: {side} + horizon, {words})")
    columns = ", ".join(f"{w:g}cm" for w in widths(rows))
    whole = "" if len(rows) > _WHOLE else "breakable: false, "
    head, rest = ", ".join(cells[: len(rows[0])]), ", ".join(cells[len(rows[0]) :])
    table = f"table(columns: ({columns},), table.header({head}), {rest})"
    return f"#flush(align(center, block({whole}above: 0.8em, below: 1em, {table})))"


def _receipt(notice: Notice) -> str:
    widths = ", ".join(f"{w:g}fr" for _, w in RECEIPT_COLUMNS)
    head = ", ".join(f"table.cell(align: center, strong({_string(n)}))" for n, _ in RECEIPT_COLUMNS)
    rows = ",\n  ".join(
        f"table.cell(align: center + horizon)[{i.number}], {_string(i.sentence)}, [], []"
        for i in notice.items
    )
    return f"""#pagebreak(weak: true)
{_centred(RECEIPT_TITLE)}
#flush(text(10.5pt, grid(columns: (1fr, auto), [{quoted(f"单位（盖章）：{notice.body}")}], [{quoted(notice.number)}])))
#flush[#show table: set text(size: 10pt)
#table(columns: ({widths}), inset: (x: 4pt, y: 8pt), align: left + horizon, table.header({head}),
  {rows})
#text(10.5pt)[{quoted(RECEIPT_END)}]]"""
