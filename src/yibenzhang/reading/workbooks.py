"""Excel and WPS workbooks to sheets: .xlsx through its XML, .xls and .et through xlrd.

The XML is streamed here rather than loaded by openpyxl: in one pass it tells a formula without a stored result
from a blank, keeps the stored digits exact, and does not refuse the style sheets that WPS and exporters write.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import xlrd
from lxml import etree
from xlrd.biffh import XLRDError

from yibenzhang.model.documents import Page, ReadingNotice
from yibenzhang.reading.limits import MAX_CELL_CHARS, MAX_OFFICE_CHARS, MAX_SHEETS, ReadingError
from yibenzhang.reading.numberformats import builtin, is_date, shown, shown_text
from yibenzhang.reading.packages import BROKEN, Package, events, local, parse
from yibenzhang.reading.sheets import Budget, Sheet, Value, pages_of

Read = tuple[tuple[Page, ...], tuple[ReadingNotice, ...]]
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_EMPTY = "工作簿里没有任何可见的内容。"


@dataclass(frozen=True, slots=True)
class _Style:
    code: str
    ruled: bool
    indent: float
    white: bool = False
    """White letters on no colour: nothing is seen of them."""


_PLAIN = _Style("General", False, 0.0)


def _corner(reference: str) -> tuple[int, int] | None:
    match = _CELL.fullmatch(reference)
    if not match:
        return None
    column = 0
    for letter in match.group(1):
        column = column * 26 + ord(letter) - 64
    return int(match.group(2)), column


def _true(value: str | None) -> bool:
    return value in ("1", "true", "on")


# ---- .xlsx ---------------------------------------------------------------------------------


def read_xlsx(package: Package) -> Read:
    """A workbook of Office Open XML. Raises ReadingError."""
    notices: list[ReadingNotice] = []
    sheets, hidden = xlsx_sheets(package, notices)
    return _result(sheets, hidden, notices)


def xlsx_sheets(
    package: Package, notices: list[ReadingNotice], dated: bool = False
) -> tuple[list[Sheet], list[str]]:
    """The visible sheets and the names of the hidden ones; ``dated`` prints every date as 2026-02-10."""
    book = package.main()
    root = parse(package.read(book))
    relations = package.relations(book)
    date1904 = any(_true(n.get("date1904")) for n in root.iter("{*}workbookPr"))
    by_kind = dict(relations.values())
    strings = _strings(package, by_kind.get("sharedStrings", ""))
    styles = _styles(package, by_kind.get("styles", ""))
    if dated:
        styles = [_dated(s) for s in styles]
    sheets: list[Sheet] = []
    hidden: list[str] = []
    names: set[str] = set()
    budget = Budget()
    nodes = list(root.iter("{*}sheet"))
    if len(nodes) > MAX_SHEETS:
        notices.append(
            ReadingNotice(f"共 {len(nodes)} 张工作表，只读取了前 {MAX_SHEETS} 张。", unread=True, cut=True)
        )
    for node in nodes[:MAX_SHEETS]:
        name = _unique(node.get("name") or "", names)
        link = next((v for k, v in node.attrib.items() if str(k).endswith("}id")), "")
        kind, target = relations.get(str(link), ("", ""))
        if node.get("state", "visible") != "visible":
            hidden.append(name)
            continue
        if kind != "worksheet" or target not in package.members:
            notices.append(ReadingNotice(f"工作表“{name}”没有单元格（图表等）或已缺失，没有读取。"))
            continue
        sheets.append(_sheet(name, package.read(target), strings, styles, date1904, budget))
    return sheets, hidden


def _dated(style: _Style) -> _Style:
    return replace(style, code="yyyy-mm-dd") if is_date(style.code) else style


def _result(sheets: list[Sheet], hidden: list[str], notices: list[ReadingNotice]) -> Read:
    if hidden:
        told = "、".join(hidden[:10]) + (" 等" if len(hidden) > 10 else "")
        notices.append(ReadingNotice(f"有 {len(hidden)} 张隐藏的工作表没有读取：{told}。"))
    pages = pages_of(sheets, notices)
    if not any(p.blocks for p in pages):
        raise ReadingError(_EMPTY)
    return pages, tuple(notices)


def _unique(name: str, names: set[str]) -> str:
    name = "".join(c for c in name if c.isprintable())[:60] or "工作表"
    told, n = name, 2
    while told in names:
        told, n = f"{name}({n})", n + 1
    names.add(told)
    return told


def _strings(package: Package, part: str) -> list[str]:
    if part not in package.members:
        return []
    out = []
    left = MAX_OFFICE_CHARS
    for event, item in events(package.read(part), ("{*}si",)):
        if event == "end":
            text = _rich(item)
            left -= len(text)
            if left < 0:
                raise ReadingError("工作簿里的文字过多，不予读取。")
            out.append(text)
            _forget(item)
    return out


def _rich(item: etree._Element) -> str:
    """The words of a string: its runs, without the readings printed above East Asian words."""
    out = []
    for t in item.iter("{*}t"):
        above = t.getparent()
        if above is None or local(above) != "rPh":
            out.append(t.text or "")
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: _escaped(m.group(1)), "".join(out))


def _escaped(code: str) -> str:
    char = chr(int(code, 16))
    return char if char.isprintable() or char in "\n\t" else ""


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _styles(package: Package, part: str) -> list[_Style]:
    if part not in package.members:
        return []
    root = parse(package.read(part, 32 * 1024 * 1024))
    codes: dict[int, str] = {}
    sides: list[bool] = []
    whites: list[bool] = []
    plain: list[bool] = []
    out: list[_Style] = []
    for section in root:
        name = local(section)
        if name == "numFmts":
            codes = {_int(n.get("numFmtId")): n.get("formatCode") or "General" for n in section}
        elif name == "borders":
            sides = [_has_sides(border) for border in section]
        elif name == "fonts":
            whites = [_is_white(next(font.iterchildren("{*}color"), None)) for font in section]
        elif name == "fills":
            plain = [_is_plain(fill) for fill in section]
        elif name == "cellXfs":
            for xf in section:
                number = _int(xf.get("numFmtId"))
                border = _int(xf.get("borderId"))
                indent = max((_int(a.get("indent")) for a in xf.iter("{*}alignment")), default=0)
                ruled = 0 <= border < len(sides) and sides[border]
                font, fill = _int(xf.get("fontId")), _int(xf.get("fillId"))
                white = 0 <= font < len(whites) and whites[font] and (fill >= len(plain) or plain[fill])
                out.append(_Style(codes.get(number) or builtin(number), ruled, float(indent), white))
    return out


def _is_white(color: etree._Element | None) -> bool:
    if color is None or color.get("tint"):
        return False
    return (
        (color.get("rgb") or "").upper().endswith("FFFFFF")
        or color.get("theme") == "0"
        or color.get("indexed") == "9"
    )


def _is_plain(fill: etree._Element) -> bool:
    """No colour behind the letters, or white."""
    pattern = next(fill.iterchildren("{*}patternFill"), None)
    if pattern is None or (pattern.get("patternType") or "none") == "none":
        return pattern is not None or not len(fill)
    return _is_white(next(pattern.iterchildren("{*}fgColor"), None))


def _has_sides(border: etree._Element) -> bool:
    """A rule at the left or right: titles and units have none, table cells do."""
    return any(
        local(side) in ("left", "right", "start", "end") and (side.get("style") or "none") != "none"
        for side in border
    )


def _int(value: str | None) -> int:
    return int(value) if value and re.fullmatch(r"-?\d{1,9}", value) else 0


def _sheet(
    name: str, data: bytes, strings: list[str], styles: list[_Style], date1904: bool, budget: Budget
) -> Sheet:
    sheet = Sheet(name)
    row = column = 0
    zeros = True
    for event, node in events(data, ("{*}row", "{*}c", "{*}col", "{*}mergeCell", "{*}sheetView")):
        kind = local(node)
        if event == "start":
            if kind == "row":
                row = _int(node.get("r")) or row + 1
                column = 0
                if _true(node.get("hidden")) or (node.get("ht") in ("0", "0.0")):
                    sheet.hidden_rows.add(row)
            continue
        if kind == "row":
            _forget(node)
        elif kind == "c":
            at = _corner(node.get("r") or "") or (row, column + 1)
            column = at[1]
            style_number = _int(node.get("s"))
            style = styles[style_number] if 0 <= style_number < len(styles) else _PLAIN
            value = _value(node, strings, style, date1904, zeros)
            if value is not None and (budget.spend(value.text) or value.missing or budget.blank()):
                sheet.values[at] = value
        elif kind == "col":
            if _true(node.get("hidden")) or _thin(node.get("width")):
                sheet.hidden_columns.append((_int(node.get("min")), _int(node.get("max"))))
        elif kind == "sheetView":
            zeros = node.get("showZeros") not in ("0", "false")
        elif kind == "mergeCell":
            first, _, last = (node.get("ref") or "").partition(":")
            a, b = _corner(first), _corner(last)
            if a and b:
                sheet.merges.append((*a, *b))
    return sheet


def _thin(width: str | None) -> bool:
    """A column nobody can read anything in."""
    return bool(width and re.fullmatch(r"0(\.[0-4]\d*)?", width))


def _value(
    node: etree._Element, strings: list[str], style: _Style, date1904: bool, zeros: bool
) -> Value | None:
    stored: str | None = None
    formula = False
    inline = ""
    for child in node:
        kind = local(child)
        if kind == "v":
            stored = child.text or ""
        elif kind == "f":
            formula = True
        elif kind == "is":
            inline = _rich(child)
    kind = node.get("t") or "n"
    if formula and not stored and not (kind == "str" and stored is not None):
        return Value("", style.ruled, style.indent, missing=True)
    if kind == "s":
        number = _int(stored)
        text = strings[number] if stored and 0 <= number < len(strings) else ""
        text = shown_text(text, style.code)
    elif kind == "inlineStr":
        text = shown_text(inline, style.code)
    elif kind in ("str", "e"):
        text = shown_text(stored or "", style.code) if kind == "str" else (stored or "")
    elif kind == "b":
        text = "TRUE" if stored == "1" else "FALSE" if stored else ""
    elif kind == "d":
        text = (stored or "")[:10]
    else:
        text = _printed(stored, style.code, date1904, zeros) if stored else ""
    if style.white:
        text = ""
    if not text and not style.ruled:
        return None
    return Value(text[:MAX_CELL_CHARS], style.ruled, style.indent)


def _printed(stored: str, code: str, date1904: bool, zeros: bool) -> str:
    """A number as printed; sheets can be set to print nothing for zero."""
    if not zeros and re.fullmatch(r"-?0*(\.0*)?", stored):
        return ""
    return shown(stored, code, date1904)


# ---- .xls and .et --------------------------------------------------------------------------


def read_xls(data: bytes) -> Read:
    """A workbook of the old binary kind. Raises ReadingError."""
    notices: list[ReadingNotice] = []
    return _result(*xls_sheets(data), notices)


def xls_sheets(data: bytes, dated: bool = False) -> tuple[list[Sheet], list[str]]:
    """The visible sheets and the names of the hidden ones, as :func:`xlsx_sheets` gives them."""
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=_Silent(), on_demand=True)
        return _read_book(book, dated)
    except (ReadingError, MemoryError):
        raise
    except XLRDError as error:
        if "encrypt" in str(error).lower() or "password" in str(error).lower():
            raise ReadingError("工作簿已加密，需要密码才能打开；请提供未加密的版本。") from error
        raise ReadingError(BROKEN) from error
    except Exception as error:  # xlrd raises whatever its damaged input makes it stumble over
        raise ReadingError(BROKEN) from error


class _Silent:
    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        pass


def _read_book(book: Any, dated: bool) -> tuple[list[Sheet], list[str]]:
    sheets: list[Sheet] = []
    hidden: list[str] = []
    names: set[str] = set()
    budget = Budget()
    styles = [_old_style(book, xf) for xf in book.xf_list]
    if dated:
        styles = [_dated(s) for s in styles]
    for n in range(min(book.nsheets, MAX_SHEETS)):
        name = _unique(book.sheet_names()[n], names)
        if book._sheet_visibility[n]:
            hidden.append(name)
            continue
        sheets.append(_old_sheet(name, book.sheet_by_index(n), styles, book.datemode == 1, budget))
        book.unload_sheet(n)
    return sheets, hidden


def _old_style(book: Any, xf: Any) -> _Style:
    found = book.format_map.get(xf.format_key)
    border = xf.border
    ruled = bool(border.left_line_style or border.right_line_style)
    font = book.font_list[xf.font_index] if xf.font_index < len(book.font_list) else None
    white = font is not None and font.colour_index == 9 and xf.background.fill_pattern == 0
    return _Style(found.format_str if found else "General", ruled, float(xf.alignment.indent_level), white)


def _old_sheet(name: str, old: Any, styles: list[_Style], date1904: bool, budget: Budget) -> Sheet:
    sheet = Sheet(name)
    sheet.merges = [(a + 1, c + 1, b, d) for a, b, c, d in old.merged_cells]
    sheet.hidden_rows = {r + 1 for r, info in old.rowinfo_map.items() if info.hidden or info.height == 0}
    sheet.hidden_columns = [(c + 1, c + 1) for c, info in old.colinfo_map.items() if info.hidden]
    for r in range(old.nrows):
        kinds, values, xfs = old.row_types(r), old.row_values(r), old._cell_xf_indexes[r]
        for c, kind in enumerate(kinds):
            style = styles[xfs[c]] if xfs[c] < len(styles) else _PLAIN
            value = values[c]
            if kind == xlrd.XL_CELL_TEXT:
                text = shown_text(value, style.code)
            elif kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
                text = _printed(repr(value), style.code, date1904, bool(old.show_zero_values))
            elif kind == xlrd.XL_CELL_BOOLEAN:
                text = "TRUE" if value else "FALSE"
            elif kind == xlrd.XL_CELL_ERROR:
                text = xlrd.error_text_from_code.get(value, "#N/A")
            else:
                text = ""
            text = "" if style.white else text
            if text or (style.ruled and budget.blank()):
                sheet.values[r + 1, c + 1] = Value(budget.spend(text), style.ruled, style.indent)
    return sheet
