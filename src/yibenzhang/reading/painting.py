"""What of a web page is painted: what is hidden is taken out, what fields hold is put in, pictures are counted."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from yibenzhang.model.documents import ReadingNotice
from yibenzhang.reading.styles import BLANK, GONE, Styles

_DROPPED = frozenset(
    {
        "script",
        "style",
        "noscript",
        "button",
        "template",
        "nav",
        "footer",
        "aside",
        "map",
        "audio",
        "video",
        "del",
    }
)
_FRAMES = frozenset({"iframe", "object", "embed"})
_FIELDS = frozenset({"text", "number", "tel", "search", ""})
_ICON = re.compile(
    r"icon|logo|qr|ewm|erweima|banner|arrow|share|print|btn|button|line|dot|space|blank|head|foot|top|bg",
    re.I,
)
_BOXES = frozenset({"div", "span", "p", "li", "ul"})
"""Elements that a style sheet may make parts of a table."""
_MARK = re.compile(r"\[?\d{1,2}\]?")
_AMOUNT = re.compile(r"\d\.\d\d$")
_SAID = re.compile(r"[0-9\u4e00-\u9fff]")
_LAID = {
    "table": "table",
    "table-row": "tr",
    "table-row-group": "tbody",
    "table-header-group": "thead",
    "table-cell": "td",
}
_ROLES = {
    "table": "table",
    "grid": "table",
    "rowgroup": "tbody",
    "row": "tr",
    "cell": "td",
    "gridcell": "td",
    "columnheader": "td",
    "rowheader": "td",
}
"""What parts of a table call themselves where they are no elements of one."""
_SMALL = 300
"""A picture narrower than this (pixels) is no table."""


def painted(root: etree._Element, sheets: str = "") -> Styles:
    """Take out of a page, in place, what a browser does not paint; boxes laid out as a table become one. The styles,
    with those of ``sheets`` that were saved beside the page."""
    styles = Styles(root, sheets)
    for node in list(root.iter()):
        if node is root:
            continue
        tag = node.tag
        if not isinstance(tag, str) or tag in _DROPPED:
            _remove(node)
        elif tag in ("input", "textarea", "select"):
            if not styles.hidden(node):
                _field(node)
            else:
                _remove(node)
        elif tag in _FRAMES:
            _empty(node)
        elif tag in ("svg", "canvas"):
            _drawn(node)
        elif tag in ("sup", "sub", "small") and _is_mark(node):
            _remove(node)  # the mark of a note, no digit of the number before it
        elif tag not in ("head", "body"):
            _styled(node, styles)
    return styles


def _in_cell(node: etree._Element) -> bool:
    return any(a.tag in ("td", "th") for a in node.iterancestors())


def _is_mark(node: etree._Element) -> bool:
    """Digits raised behind a number or a name, lowered behind a number, or small behind an amount."""
    if not _MARK.fullmatch("".join(str(t) for t in node.itertext()).strip()):
        return False
    before = _before(node)[-1:]
    if node.tag == "small":
        return _AMOUNT.search(_before(node)) is not None
    return before in "0123456789%)" or (node.tag != "sub" and not before.isascii())


def _drawn(node: etree._Element) -> None:
    """A drawing: its words where it has some and stands in a cell, else a picture."""
    inside = _in_cell(node)
    words = " ".join("".join(str(t) for t in text.itertext()) for text in node.iter("text")).strip()
    wide, high = node.get("width"), node.get("height")
    _empty(node)
    node.attrib.clear()
    node.tag = "img"
    if inside and words:
        node.tag, node.text = "span", words
    elif not inside:  # the size of a canvas is 300 where nothing is said
        node.set(
            "width", "0" if not words and wide and not wide.isdigit() else wide or ("300" if words else "0")
        )
        node.set("height", high or "0")


def _styled(node: etree._Element, styles: Styles) -> None:
    """What style sheets make of an element: nothing, a blank, or a part of a table."""
    hidden = styles.hidden(node)
    if hidden == GONE:
        _remove(node)
        return
    if hidden == BLANK:
        _empty(node)
        return
    values = styles.of(node)
    if node.tag in ("span", "em", "font") and values.get("vertical-align") == "super" and _is_mark(node):
        _remove(node)
        return
    if values.get("display", "").startswith("inline-") and not _in_cell(node):
        _add(node, " ", "before")  # a box beside others, no part of one word
        _add(node, " ", "after")
    for where, words in styles.added(node).items():
        if _SAID.search(words):  # not the signs of fonts for icons
            _add(node, words, where)
    if node.tag in _BOXES and (
        laid := _LAID.get(values.get("display", "")) or _ROLES.get(node.get("role") or "")
    ):
        node.tag = laid


def _add(node: etree._Element, words: str, where: str) -> None:
    """Words that a style sheet puts into an element before its own or after them."""
    if where == "before" or not len(node):
        node.text = words + (node.text or "") if where == "before" else (node.text or "") + words
    else:
        node[-1].tail = (node[-1].tail or "") + words


def _empty(node: etree._Element) -> None:
    for child in list(node):
        node.remove(child)
    node.text = ""


def unread_parts(main: etree._Element) -> list[ReadingNotice]:
    """Notices on pictures and frames inside the text, whose content is not read."""
    pictures = [n for n in main.iter("img") if _may_hold_text(n)]
    frames = [n for n in main.iter(*_FRAMES) if n.get("src") or n.get("data") or n.get("srcdoc")]
    out = []
    if pictures:
        out.append(ReadingNotice(f"网页正文有 {len(pictures)} 幅图片，图片里的内容没有读取。"))
    if frames:
        out.append(
            ReadingNotice(
                f"网页正文嵌有 {len(frames)} 处别的页面或文件，里面的内容没有读取，请另存后一并检查。"
            )
        )
    return out


def is_picture_only(cell: etree._Element) -> bool:
    """A cell without words that shows a picture, and no icon."""
    return any(
        _is_seen(n)
        and not _ICON.search(
            (n.get("src") or "")[-80:] if not (n.get("src") or "").startswith("data:") else ""
        )
        for n in cell.iter("img", *_FRAMES)
    )


def _is_seen(node: etree._Element) -> bool:
    """Not one of the pictures of a point or two that keep a place."""
    return (node.get("width") or "9") not in ("0", "1", "2") and (node.get("height") or "9") not in (
        "0",
        "1",
        "2",
    )


def _may_hold_text(node: etree._Element) -> bool:
    """A picture that is no icon: by its size where that is told, else by its name."""
    sizes = [
        int(m.group(1))
        for k in ("width", "style")
        if (m := re.search(r"(?:^|width:\s*)(\d{1,5})", node.get(k) or ""))
    ]
    source = node.get("src") or ""
    if sizes:
        return sizes[0] >= _SMALL
    return not _ICON.search(source[-80:] if not source.startswith("data:") else "")


def _before(node: etree._Element) -> str:
    """The words right before an element inside its parent."""
    sibling, parent = node.getprevious(), node.getparent()
    before = sibling.tail if sibling is not None else parent.text if parent is not None else ""
    return (before or "").rstrip() or " "


def _field(node: etree._Element) -> None:
    """What a field of a form shows, as words in its place; only inside tables, where it stands for a value."""
    inside = _in_cell(node)
    words = ""
    if node.tag == "input":
        kind = (node.get("type") or "").lower()
        words = node.get("value") or "" if kind in _FIELDS else ""
    elif node.tag == "textarea":
        words = node.text or ""
    else:
        options = list(node.iter("option"))
        chosen = next((o for o in options if o.get("selected") is not None), options[0] if options else None)
        words = "".join(str(t) for t in chosen.itertext()) if chosen is not None else ""
    for child in list(node):
        node.remove(child)
    node.tag = "span"
    node.text = words.strip() if inside else ""


def _remove(node: Any) -> None:
    """Take an element out and leave the words after it."""
    parent = node.getparent()
    if parent is None:
        return
    if node.tail:
        before = node.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)
