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
        "svg",
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
_MARK = re.compile(r"\d{1,2}")
_LAID = {
    "table": "table",
    "table-row": "tr",
    "table-row-group": "tbody",
    "table-header-group": "thead",
    "table-cell": "td",
}
_SMALL = 300
"""A picture narrower than this (pixels) is no table."""


def painted(root: etree._Element) -> Styles:
    """Take out of a page, in place, what a browser does not paint; boxes laid out as a table become one. The styles."""
    styles = Styles(root)
    for node in list(root.iter()):
        if node is root:
            continue
        tag = node.tag
        if not isinstance(tag, str) or tag in _DROPPED:
            _remove(node)
        elif tag in ("input", "textarea", "select"):
            _field(node)
        elif tag in _FRAMES:
            _empty(node)
        elif tag == "sup" and _MARK.fullmatch("".join(str(t) for t in node.itertext()).strip()):
            if not _before(node)[-1:].isascii() or _before(node)[-1:] in "0123456789%)":
                _remove(node)  # the mark of a note, no digit of the number before it
        elif tag not in ("head", "body"):
            _styled(node, styles)
    return styles


def _styled(node: etree._Element, styles: Styles) -> None:
    """What style sheets make of an element: nothing, a blank, or a part of a table."""
    hidden = styles.hidden(node)
    if hidden == GONE:
        _remove(node)
    elif hidden == BLANK:
        _empty(node)
    elif node.tag in _BOXES and (laid := _LAID.get(styles.of(node).get("display", ""))):
        node.tag = laid


def _empty(node: etree._Element) -> None:
    for child in list(node):
        node.remove(child)
    node.text = ""


def unread_parts(main: etree._Element) -> list[ReadingNotice]:
    """Notices on pictures and frames inside the text, whose content is not read."""
    pictures = [n for n in main.iter("img") if _may_hold_text(n)]
    frames = [n for n in main.iter(*_FRAMES) if n.get("src") or n.get("data")]
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
    inside = any(a.tag in ("td", "th") for a in node.iterancestors())
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
