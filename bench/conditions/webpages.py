"""More conditions of web pages: what hides, what is added, what is drawn, and tables that are no table elements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from bench.conditions.disclosure import GRID, HEADING, TITLE, UNIT
from bench.conditions.judging import Condition
from bench.conditions.texts import NUMBER, _cell, _column, _html

UNSEEN = {
    "of no greatest height": ".h{display:block;max-height:0;overflow:hidden}",
    "clipped by a path": ".h{clip-path:inset(100%)}",
    "scaled to nothing": ".h{display:inline-block;transform:scale(0)}",
    "clear by eight figures": ".h{color:#00000000}",
    "clear by a share": ".h{color:rgb(0 0 0 / 0%)}",
    "nearly clear": ".h{opacity:.01}",
    "white by hue": ".h{color:hsl(0,0%,100%)}",
    "nearly white": ".h{color:#fefefe}",
    "white by a variable": ":root{--w:#fff}.h{color:var(--w)}",
    "pushed away by its margin": ".h{margin-left:-9999px;display:block}",
    "content not shown": ".h{content-visibility:hidden}",
    "filtered away": ".h{filter:opacity(0)}",
    "one pixel high": ".h{font-size:1px}",
    "short form of no size": ".h{font:0/0 a}",
    "by an attribute's word": "[class~=h]{display:none}",
    "by an attribute's end": "span[class$='h']{display:none}",
    "by what it is not": "td > span:not(.x){display:none}",
    "by one of several": ":is(.q,.h){display:none}",
    "escaped class": ".\\68{display:none}",
    "nested rule": "td{color:black; & .h{display:none}}",
    "important before later": ".h{display:none!important}.h{display:inline}",
    "for wide screens": "@media (min-width:600px){.h{display:none}}",
    "raised by its style": ".h{vertical-align:super;font-size:8px}",
}
SHOWN = {
    "hidden on small screens": "@media (max-width:600px){.h{display:none}}",
    "hidden while pointed at": ".h:hover{display:none}",
    "red": ".h{color:rgb(255,0,0)}",
    "hidden for another": "#q .h{display:none}",
    "shown by what is more precise": "span.h{display:inline}.h{display:none}",
}


def _words(body: str, style: str = "") -> bytes:
    head = f"<h1>{HEADING}</h1><p>{TITLE}</p><p>{UNIT}</p>"
    return f"<html><head><meta charset='utf-8'><style>{style}</style></head><body>{head}{body}</body></html>".encode()


def _placed(box: Callable[[float, float, str], str]) -> bytes:
    """Every word in a box of its own."""
    lefts = (40, 140, 420, 540, 660)
    out = [box(300, y, w) for y, w in ((20, HEADING), (50, TITLE), (80, UNIT))]
    for r, row in enumerate(GRID):
        for c, words in enumerate(row):
            x = lefts[c] if c < 2 or r == 0 else lefts[c] + 90 - 7 * len(words)
            out += [box(x, 110 + 26 * r, words)] if words else []
    return f"<html><head><meta charset='utf-8'></head><body><div style='position:relative'>{''.join(out)}</div></body></html>".encode()


def _boxed(row: str, cell: str) -> str:
    return "".join(row.format("".join(cell.format(w) for w in words)) for words in GRID)


def _saved(sheet: str) -> bytes:
    """A page saved with its style sheet in a part of its own."""
    head = 'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="B"\r\n\r\n--B\r\nContent-Type: text/html; charset=utf-8\r\n\r\n'
    tail = f"\r\n--B\r\nContent-Type: text/css\r\nContent-Location: a.css\r\n\r\n{sheet}\r\n--B--\r\n"
    return head.encode() + _column("", "class=h") + tail.encode()


def _foot_first() -> bytes:
    """The row of the total in a foot that stands before the body in the file."""
    total = "".join(f"<td>{w}</td>" for w in GRID[1])
    page = _html((*GRID[:1], *GRID[2:])).decode()
    return page.replace('<table border="1">', f'<table border="1"><tfoot><tr>{total}</tr></tfoot>').encode()


def conditions() -> Iterator[Condition]:
    """All of these conditions."""
    for name, style in UNSEEN.items():
        mark = "1" if "raised" in name else "9"
        yield Condition("html", name, partial(_cell, f"{NUMBER}<span class='h'>{mark}</span>", style))
    for name, style in SHOWN.items():
        yield Condition("html", name, partial(_cell, f"<span class='h'>{NUMBER}</span>", style))
    cells = {
        "white by an old attribute": f"{NUMBER}<font color=white>9</font>",
        "lowered mark": f"{NUMBER}<sub>1</sub>",
        "table of one line in a cell": f"<table><tr><td>{NUMBER}</td></tr></table>",
        "words of a drawing": f"<svg><text x=0 y=10>{NUMBER}</text></svg>",
        "drawing in a cell": "<svg width=60 height=14><path d='M0 0L5 5'/></svg>",
        "canvas in a cell": "<canvas width=60 height=14></canvas>",
        "picture in a cell": "<img src='n.png' width=60 height=14>",
        "keeper of a place": f"{NUMBER}<img src='spacer.gif' width=1 height=1>",
    }
    for name, words in cells.items():
        yield Condition("html", name, partial(_cell, words))
    added = ".n::before{content:'1,399.60'}.m::after{content:'.60'}.a::before{content:attr(data-v)}.i::before{content:'\\e600'}"
    for name, words in (
        ("words added before", "<span class=n></span>"),
        ("words added after", "<span class=m>1,399</span>"),
        ("words added from an attribute", f"<span class=a data-v='{NUMBER}'></span>"),
        ("sign of a font added", f"<span class=i>{NUMBER}</span>"),
    ):
        yield Condition("html", name, partial(_cell, words, added))
    pages: dict[str, Callable[[], bytes]] = {
        "heading on a picture": lambda: _html(
            style="tr:first-child td{color:white;background-image:linear-gradient(#036,#036)}"
        ),
        "foot before the body": _foot_first,
        "style sheet saved beside": lambda: _saved(".h{display:none}"),
        "frame with its page inside": lambda: _words("<iframe srcdoc='&lt;table&gt;'></iframe>"),
        "drawing of the table": lambda: _words("<canvas width=800 height=500></canvas>"),
        "parts named by their roles": lambda: _words(
            "<div role=table>" + _boxed("<div role=row>{}</div>", "<span role=cell>{}</span>") + "</div>"
        ),
        "boxes beside one another": lambda: _words(
            _boxed("<div>{}</div>", "<span class=c>{}</span>"), ".c{display:inline-block;width:150px}"
        ),
        "preformatted": lambda: _words("<pre>" + "\n".join("  ".join(row) for row in GRID) + "</pre>"),
        "boxes moved": lambda: _placed(
            lambda x, y, w: f"<div style='position:absolute;left:0;top:0;transform:translate({x}px,{y}px);font-size:14px'>{w}</div>"
        ),
        "boxes moved by a matrix": lambda: _placed(
            lambda x, y, w: f"<div style='position:absolute;transform:matrix(1,0,0,1,{x},{y});font-size:14px'>{w}</div>"
        ),
        "boxes in points": lambda: _placed(
            lambda x, y, w: f"<p style='position:absolute;top:{y * 0.75}pt;left:{x * 0.75}pt;font-size:10.5pt'>{w}</p>"
        ),
    }  # fmt: skip
    for name, make in pages.items():
        yield Condition("html", name, make)
