"""Excel and WPS workbooks to sheets: .xlsx through its XML, .xls and .et through xlrd.

The XML is streamed here rather than loaded by openpyxl: in one pass it tells a formula without a stored result
from a blank, keeps the stored digits exact, and does not refuse the style sheets that WPS and exporters write.
"""

from __future__ import annotations

import re
from typing import Any

import xlrd
from lxml import etree
from xlrd.biffh import XLRDError

from yibenzhang.model.documents import Page, ReadingNotice
from yibenzhang.reading.cell_styles import Style, dated_style, old_style, style_at, styles_of, whole
from yibenzhang.reading.limits import MAX_CELL_CHARS, MAX_OFFICE_CHARS, MAX_SHEETS, ReadingError
from yibenzhang.reading.numberformats import shown, shown_text
from yibenzhang.reading.packages import BROKEN, Package, events, local, parse
from yibenzhang.reading.rich_text import rich_words
from yibenzhang.reading.sheet_drawings import Drawing, drawings_of
from yibenzhang.reading.sheets import Budget, Sheet, Value, pages_of

Read = tuple[tuple[Page, ...], tuple[ReadingNotice, ...]]
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_EMPTY = "工作簿里没有任何可见的内容。"


def _corner(reference: str | None) -> tuple[int, int] | None:
    match = _CELL.fullmatch(reference or "")
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
    styles = styles_of(package, by_kind.get("styles", ""))
    if dated:
        styles = [dated_style(s) for s in styles]
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
        sheet = _sheet(name, package.read(target), strings, styles, date1904, budget)
        _draw(sheet, drawings_of(package, target))
        sheets.append(sheet)
    return sheets, hidden


def _result(sheets: list[Sheet], hidden: list[str], notices: list[ReadingNotice]) -> Read:
    if hidden:
        stated = "、".join(hidden[:10]) + (" 等" if len(hidden) > 10 else "")
        notices.append(ReadingNotice(f"有 {len(hidden)} 张隐藏的工作表没有读取：{stated}。"))
    pages = pages_of(sheets, notices)
    if not any(p.blocks for p in pages):
        raise ReadingError(_EMPTY)
    return pages, tuple(notices)


def _unique(name: str, names: set[str]) -> str:
    name = "".join(c for c in name if c.isprintable())[:60] or "工作表"
    stated, n = name, 2
    while stated in names:
        stated, n = f"{name}({n})", n + 1
    names.add(stated)
    return stated


def _strings(package: Package, part: str) -> list[str]:
    if part not in package.members:
        return []
    out = []
    left = MAX_OFFICE_CHARS
    for event, item in events(package.read(part), ("{*}si",)):
        if event == "end":
            text = rich_words(item)
            left -= len(text)
            if left < 0:
                raise ReadingError("工作簿里的文字过多，不予读取。")
            out.append(text)
            _forget(item)
    return out


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _sheet(
    name: str, data: bytes, strings: list[str], styles: list[Style], date1904: bool, budget: Budget
) -> Sheet:
    sheet = Sheet(name)
    row = column = 0
    zeros = True
    for event, node in events(data, ("{*}row", "{*}c", "{*}col", "{*}mergeCell", "{*}sheetView")):
        kind = local(node)
        if event == "start":
            if kind == "row":
                row, column = whole(node.get("r")) or row + 1, 0
                if _true(node.get("hidden")) or _thin(node.get("ht")):
                    sheet.hidden_rows.add(row)
        elif kind == "row":
            _forget(node)
        elif kind == "c":
            at = _corner(node.get("r")) or (row, column + 1)
            column = at[1]
            value = _value(node, strings, style_at(styles, whole(node.get("s"))), date1904, zeros)
            if value is not None and (budget.spend(value.text) or value.missing or budget.blank()):
                sheet.values[at] = value
        elif kind == "sheetView":
            zeros = node.get("showZeros") not in ("0", "false")
        else:
            _note(sheet, kind, node)
    return sheet


def _draw(sheet: Sheet, drawings: list[Drawing]) -> None:
    """Cells without words under a drawing no larger than they are cannot be read; large drawings may be tables."""
    for drawing in drawings:
        if drawing.large:
            sheet.pictures.append((drawing.top, drawing.left))
        if not drawing.within_cells:
            continue
        for at in drawing.cells():
            value = sheet.values.get(at)
            if value is None or value.blank:
                sheet.values[at] = Value("", value is not None and value.ruled, drawn=True)


def _note(sheet: Sheet, kind: str, node: etree._Element) -> None:
    """A hidden column or a merged cell."""
    if kind == "col" and (_true(node.get("hidden")) or _thin(node.get("width"))):
        sheet.hidden_columns.append((whole(node.get("min")), whole(node.get("max"))))
    elif kind == "mergeCell":
        first, _, last = (node.get("ref") or "").partition(":")
        a, b = _corner(first), _corner(last)
        if a and b:
            sheet.merges.append((*a, *b))


def _thin(width: str | None) -> bool:
    """A row or a column nobody can read anything in."""
    return bool(width and re.fullmatch(r"0(\.[0-4]\d*)?", width))


def _value(
    node: etree._Element, strings: list[str], style: Style, date1904: bool, zeros: bool
) -> Value | None:
    stored, formula, inline = _content(node)
    kind = node.get("t") or "n"
    if formula and (stored is None or (not stored and kind != "str")):
        return Value("", style.ruled, style.indent, missing=True)
    stored = stored or ""
    words = _words(kind, stored, inline, strings)
    if style.white:
        text = ""
    elif words is None:
        text = _printed(stored, style.code, date1904, zeros) if stored else ""
    else:
        text = words if kind in ("e", "b", "d") else shown_text(words, style.code)
    if not text and not style.ruled:
        return None
    return Value(text[:MAX_CELL_CHARS], style.ruled, style.indent)


def _content(node: etree._Element) -> tuple[str | None, bool, str]:
    """What is stored in a cell (None: nothing), whether a formula works it out, and the words it holds itself."""
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
            inline = rich_words(child)
    return stored, formula, inline


def _words(kind: str, stored: str, inline: str, strings: list[str]) -> str | None:
    """What a cell holds that is no number; None where it is one."""
    if kind == "s":
        number = whole(stored)
        return strings[number] if stored and 0 <= number < len(strings) else ""
    if kind == "inlineStr":
        return inline
    if kind in ("str", "e"):
        return stored
    if kind == "b":
        return {"": "", "1": "TRUE"}.get(stored, "FALSE")
    return stored[:10] if kind == "d" else None


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
    styles = [old_style(book, xf) for xf in book.xf_list]
    if dated:
        styles = [dated_style(s) for s in styles]
    for n in range(min(book.nsheets, MAX_SHEETS)):
        name = _unique(book.sheet_names()[n], names)
        if book._sheet_visibility[n]:
            hidden.append(name)
            continue
        sheets.append(_old_sheet(name, book.sheet_by_index(n), styles, book.datemode == 1, budget))
        book.unload_sheet(n)
    return sheets, hidden


def _old_sheet(name: str, old: Any, styles: list[Style], date1904: bool, budget: Budget) -> Sheet:
    sheet = Sheet(name)
    sheet.merges = [(a + 1, c + 1, b, d) for a, b, c, d in old.merged_cells]
    sheet.hidden_rows = {r + 1 for r, info in old.rowinfo_map.items() if info.hidden or info.height == 0}
    sheet.hidden_columns = [(c + 1, c + 1) for c, info in old.colinfo_map.items() if info.hidden]
    zeros = bool(old.show_zero_values)
    for r in range(old.nrows):
        kinds, values, xfs = old.row_types(r), old.row_values(r), old._cell_xf_indexes[r]
        for c, kind in enumerate(kinds):
            style = style_at(styles, xfs[c])
            text = "" if style.white else _old_text(kind, values[c], style.code, date1904, zeros)
            if text or (style.ruled and budget.blank()):
                sheet.values[r + 1, c + 1] = Value(budget.spend(text), style.ruled, style.indent)
    return sheet


def _old_text(kind: int, value: Any, code: str, date1904: bool, zeros: bool) -> str:
    """What a cell of the old binary kind prints."""
    if kind == xlrd.XL_CELL_TEXT:
        return shown_text(value, code)
    if kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        return _printed(repr(value), code, date1904, zeros)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if value else "FALSE"
    return str(xlrd.error_text_from_code.get(value, "#N/A")) if kind == xlrd.XL_CELL_ERROR else ""
