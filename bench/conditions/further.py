"""Still more conditions of PDF: what replaces characters, what lies over them, other kinds of text and of layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.conditions.canvas import LEFTS, STEP, TOP, box, line, rules, text, wide
from bench.conditions.disclosure import GRID, with_cell
from bench.conditions.judging import Condition
from bench.conditions.pdfs import (
    _NUMBER_BOX,
    _OWN,
    _X,
    _Y,
    COLUMN,
    _form_of,
    _levels,
    head,
    one,
    page,
    words,
)

NUMBER = "1,399.60"
_RIGHT = LEFTS[COLUMN + 1]
_HELV = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def _hex(words: str) -> str:
    return words.encode("utf-16-be").hex()


def _replaced(actual: str) -> bytes:
    """The number under a mark that tells other words for it."""
    return one(page(skip=_NUMBER_BOX, after=f"/Span << /ActualText <FEFF{_hex(actual)}> >> BDC {_OWN} EMC\n"))


def _all_replaced() -> bytes:
    """Every word under a mark that tells the same word."""
    out = head()
    for r, row in enumerate(GRID):
        for c, w in enumerate(row):
            x = LEFTS[c] + 4 if c < 2 or not r else LEFTS[c + 1] - 4 - wide(w)
            shown = text(x, TOP - (r + 1) * STEP + 6, w)
            out += f"/Span << /ActualText <FEFF{_hex(w)}> >> BDC {shown} EMC\n" if w else ""
    return one(out + rules(len(GRID)))


def _layered(config: str, use: str, shown: bool, more: bytes = b"<< >>") -> bytes:
    """A number on a layer; ``shown``: the layer is on, and the number the right one."""
    extra = {
        "catalog": f"/OCProperties << /OCGs [10 0 R] /D << {config} /Order [10 0 R] >> >>",
        "resources": f"/Properties << /MC0 {use} >>",
    }
    drawn = _OWN if shown else text(_X + 4, _Y + 6, "9.99")
    content = page(skip=_NUMBER_BOX if shown else frozenset(), after=f"/OC /MC0 BDC {drawn} EMC\n")
    return one(content, extra, [b"<< /Type /OCG /Name (Draft) >>", more])


def _marked(kind: str, more: str, look: str, skip: bool = False, flags: int = 4) -> bytes:
    """A mark of that kind at the place of the number, with its look."""
    stream = look.encode()
    form = b"<< /Type /XObject /Subtype /Form /BBox [0 0 78 18] /Resources << /Font << /Helv 11 0 R >> >> /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)  # fmt: skip
    rect = f"[{_X + 1} {_Y + 1} {_RIGHT - 1} {_Y + STEP - 1}]"
    mark = f"<< /Type /Annot /Subtype /{kind} {more} /Rect {rect} /F {flags} /AP << /N 12 0 R >> >>"
    return one(
        page(skip=_NUMBER_BOX if skip else frozenset()),
        {"page": "/Annots [10 0 R]"},
        [mark.encode(), _HELV, form],
    )


def _field(kind: str, flags: int = 4) -> bytes:
    """A field without a look of its own."""
    rect = f"[{_X + 1} {_Y + 1} {_RIGHT - 1} {_Y + STEP - 1}]"
    hidden = bool(flags & 2)
    value = "9.99" if hidden else NUMBER
    field = f"<< /Type /Annot /Subtype /Widget {kind.format(value)} /T (n) /Rect {rect} /F {flags} /DA (/Helv 10 Tf 0 g) >>"
    extra = {
        "page": "/Annots [10 0 R]",
        "catalog": "/AcroForm << /Fields [10 0 R] /NeedAppearances true /DA (/Helv 10 Tf 0 g) /DR << /Font << /Helv 11 0 R >> >> >>",
    }
    return one(page(skip=frozenset() if hidden else _NUMBER_BOX), extra, [field.encode(), _HELV])


def _covered_by(cover: str, extra: dict[str, str] | None = None, objects: tuple[bytes, ...] = ()) -> bytes:
    """Another number under a cover, the right one over it."""
    under = text(_RIGHT - 60, _Y + 6, "8,888.88")
    return one(page(skip=_NUMBER_BOX, after=under + cover + _OWN), extra, objects)


def _white_form() -> bytes:
    cover = _form_of(box(_X + 1, _Y + 1, _RIGHT - 1, _Y + STEP - 1, "1 g"))
    return _covered_by("/Fm1 Do\n", {"resources": "/XObject << /Fm1 10 0 R >>"}, (cover,))


def _inline_image() -> bytes:
    side = (
        f"q {_RIGHT - _X - 2} 0 0 {STEP - 2} {_X + 1} {_Y + 1} cm BI /W 1 /H 1 /CS /G /BPC 8 ID \xff EI Q\n"
    )
    return _covered_by(side)


def _masked() -> bytes:
    """Another number that a mask makes clear."""
    form = _form_of("", "/Group << /S /Transparency /CS /DeviceGray >>")
    extra = {"resources": "/ExtGState << /G1 << /SMask << /Type /Mask /S /Luminosity /G 10 0 R >> >> >>"}
    return one(page(after=text(_X + 4, _Y + 6, "9.99", before="/G1 gs")), extra, [form])


def _spaced(operator: str, shift: float = 0.0) -> str:
    return text(_RIGHT - 4 - wide(NUMBER) - shift, _Y + 6, NUMBER, before=operator)


def _adjusted(step: int) -> bytes:
    """The number in two strings of one operator, with a step between them."""
    first, last = (f"<{_hex(w)}>" for w in ("1,399", ".60"))
    x = _RIGHT - 4 - wide(NUMBER)
    shown = f"q BT /F1 10 Tf 1 0 0 1 {x:.2f} {_Y + 6:.2f} Tm [{first} {step} {last}] TJ ET Q\n"
    return one(page(skip=_NUMBER_BOX, after=shown))


def _beside(gap: float) -> bytes:
    """Two tables beside one another: of the whole, and of cars."""
    cars = (("车辆用途", "数量"), ("机要通信用车", "2"), ("应急保障用车", "3"), ("合计", "5"))
    left = LEFTS[-1] + gap
    edges = (left, left + 80, left + 130)
    out = ""
    for r, row in enumerate(cars):
        for c, w in enumerate(row):
            x = edges[c] + 4 if c == 0 or not r else edges[c + 1] - 4 - wide(w)
            out += text(x, TOP - (r + 1) * STEP + 6, w)
    for r in range(len(cars) + 1):
        out += line(left, TOP - r * STEP, edges[-1], TOP - r * STEP)
    out += "".join(line(x, TOP - len(cars) * STEP, x, TOP) for x in edges)
    return one(page(after=out)).replace(b"[0 0 595 842]", b"[0 0 842 842]")


CARS = (("机要通信用车", "数量", "2"), ("应急保障用车", "数量", "3"), ("合计", "数量", "5"))


def _two_storeys(drawn: str) -> bytes:
    """Headings on two storeys with what stands over 基本支出 and 项目支出."""
    out = head() + words([[]], skip=frozenset())
    for c in range(3):
        out += text(LEFTS[c] + 4, TOP - 10, GRID[0][c])
    out += text((LEFTS[3] + LEFTS[5]) / 2 - 20, TOP + 2, "本年支出")
    out += "".join(text(LEFTS[c] + 4, TOP - 14, GRID[0][c]) for c in (3, 4))
    return one(out + words([[], *GRID[1:]]) + drawn)


def conditions() -> Iterator[Condition]:
    """All of these conditions."""
    ocmd = b"<< /Type /OCMD /OCGs [10 0 R] /P /AllOn >>"
    not_on = b"<< /Type /OCMD /VE [/Not 10 0 R] >>"
    made: dict[str, Callable[[], bytes]] = {
        "other words told for a number": lambda: _replaced("9.99"),
        "no words told for a number": lambda: _replaced(""),
        "all words told twice": _all_replaced,
        "layers off but for some": lambda: _layered("/BaseState /OFF", "10 0 R", False),
        "layer on where others are off": lambda: _layered("/BaseState /OFF /ON [10 0 R]", "10 0 R", True),
        "layer of a group that is off": lambda: _layered("/OFF [10 0 R]", "11 0 R", False, ocmd),
        "layer shown where another is off": lambda: _layered("/OFF [10 0 R]", "11 0 R", True, not_on),
        "layer for the screen alone": lambda: _layered(
            "/AS [<< /Event /View /OCGs [10 0 R] /Category [/View] >>]", "10 0 R", False
        ).replace(b"/Name (Draft)", b"/Name (Draft) /Usage << /View << /ViewState /OFF >> >>"),
        "stamp with a number": lambda: _marked("Stamp", "", f"q BT /Helv 10 Tf 0 g 30 5 Td ({NUMBER}) Tj ET Q", True),
        "square with a number": lambda: _marked(
            "Square", "", f"q BT /Helv 10 Tf 0 g 30 5 Td ({NUMBER}) Tj ET Q", True
        ),
        "note to click on": lambda: _marked("Text", "/Contents (9.99)", "q 1 1 0 rg 0 0 8 8 re f Q"),
        "marker over a number": lambda: _marked("Highlight", "/QuadPoints [0 0 1 0 0 1 1 1]", "q 1 1 0 rg /G1 gs 0 0 1 1 re f Q"),
        "field to choose from": lambda: _field("/FT /Ch /Ff 131072 /Opt [(9.99) (1,399.60)] /V ({})"),
        "field of several lines": lambda: _field("/FT /Tx /Ff 4096 /V ({})"),
        "field in little boxes": lambda: _field("/FT /Tx /Ff 16777216 /MaxLen 8 /V ({})"),
        "hidden field": lambda: _field("/FT /Tx /V ({})", 2),
        "field not to be seen": lambda: _field("/FT /Tx /V ({})", 34),
        "covered by a form": _white_form,
        "covered by a picture of one pixel": _inline_image,
        "clear by a mask": _masked,
        "letters spaced out": lambda: one(page(skip=_NUMBER_BOX, after=_spaced("2 Tc", 14))),
        "letters drawn narrow": lambda: one(page(skip=_NUMBER_BOX, after=_spaced("60 Tz", -16))),
        "raised by its rise": lambda: one(
            page(after=f"q BT /F1 5 Tf 4 Ts 1 0 0 1 {_RIGHT - 4:.2f} {_Y + 6:.2f} Tm <0031> Tj ET Q\n")
        ),
        "two strings without a step": lambda: _adjusted(0),
        "two strings with a small step": lambda: _adjusted(-200),
        "two tables beside one another": lambda: _beside(30),
        "two tables near one another": lambda: _beside(8),
        "two storeys of headings without rules": lambda: _two_storeys(""),
        "two storeys of headings with three rules": lambda: _two_storeys(
            _levels((0, 1, len(GRID))) + line(LEFTS[0], TOP + 14, LEFTS[-1], TOP + 14)
        ),
        "number printed upside down": lambda: one(
            page(skip=_NUMBER_BOX, after=text(_RIGHT - 4, _Y + 14, NUMBER, matrix="-1 0 0 -1"))
        ),
        "struck out in red": lambda: one(
            page(after=line(_RIGHT - 4 - wide(NUMBER), _Y + 9, _RIGHT - 4, _Y + 9, "1 0 0 RG 0.7 w"))
        ),
        "number with a stroke of its own": lambda: one(
            page(with_cell(NUMBER), after=line(_X + 10, _Y + 2, _RIGHT - 4, _Y + 2, "0.4 w"))
        ),
    }  # fmt: skip
    for name, make in made.items():
        more = CARS if "beside" in name or "near" in name else ()
        yield Condition("pdf", name, make, more=more)
