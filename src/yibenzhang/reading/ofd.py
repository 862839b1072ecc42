"""OFD (GB/T 33190): the characters and ruling lines of each page, for the page builder that PDF uses.

A zip of XML: OFD.xml names the documents, Document.xml the pages, templates and resources; a page holds
text, path and composite objects in millimetres, origin top left. Pictures are recognised where that is installed;
seals are not read.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from contextlib import suppress
from xml.etree.ElementTree import Element

from yibenzhang.model.documents import Page, ReadingNotice, Table
from yibenzhang.model.places import PagePlace
from yibenzhang.reading.assembly import page_of
from yibenzhang.reading.containers import Container, parse_xml
from yibenzhang.reading.extra import installed
from yibenzhang.reading.glyphs import Glyph, unmapped
from yibenzhang.reading.limits import MAX_PAGES, MAX_RULES_PER_PAGE, MAX_XML_BYTES, ReadingError
from yibenzhang.reading.ofd_drawing import POINTS, Drawing, Picture, Resources
from yibenzhang.reading.ofd_values import children, numbers
from yibenzhang.reading.painted import pictures_notice
from yibenzhang.reading.steps import begins
from yibenzhang.reading.unread_ink import with_unread_cells

_IMAGE = "本页是图片，没有文字，内容未检查。"
_LARGE = 0.04
"""A picture of this share of the page may hold a table."""
_FEW_GLYPHS = 40
_A4 = (0.0, 0.0, 210.0, 297.0)


class _Book:
    """One document of the package: its pages and what they share."""

    def __init__(self, box: Container, root: str) -> None:
        self._box = box
        self._names = {n.lower(): n for n in box.members}
        self._parsed: dict[str, Element] = {}
        path, document = self.part("", root)
        self.path = path
        self.area = next(children(document, "CommonData", "PageArea", "PhysicalBox"), None)
        self.templates: dict[str, str] = {}
        self.shared = Resources()
        for t in children(document, "CommonData", "TemplatePage"):
            self.templates[t.get("ID", "")] = t.get("BaseLoc", "")
        for kind in ("PublicRes", "DocumentRes"):
            for r in children(document, "CommonData", kind):
                self.resources(path, (r.text or ""))
        self.pages = [p.get("BaseLoc", "") for p in children(document, "Pages", "Page")]
        self.ids = {p.get("BaseLoc", ""): p.get("ID", "") for p in children(document, "Pages", "Page")}
        self._annotations = [(a.text or "").strip() for a in children(document, "Annotations")]
        self._attachments = [(a.text or "").strip() for a in children(document, "Attachments")]

    def part(self, base: str, location: str, keep: bool = False) -> tuple[str, Element]:
        """A part by its place, relative to ``base`` or from the root of the package."""
        location = location.strip().replace("\\", "/")
        near = posixpath.normpath(posixpath.join("/", posixpath.dirname(base), location)).lstrip("/").lower()
        far = posixpath.normpath(posixpath.join("/", location)).lstrip("/").lower()
        name = self._names.get(near) or self._names.get(far)
        if name is None:
            refused = {n.lower(): why for n, why in self._box.refused}
            why = refused.get(near) or refused.get(far)
            raise ReadingError(why or f"OFD 缺少部件“{location[:80]}”。")
        if name in self._parsed:
            return name, self._parsed[name]
        root = parse_xml(self._box.read(name, MAX_XML_BYTES))
        if keep:
            self._parsed[name] = root
        return name, root

    def resources(self, base: str, location: str) -> None:
        """Draw parameters and composite units of a resource file; one that is missing is left out."""
        try:
            name, root = self.part(base, location)
        except ReadingError:
            return
        for unit in children(root, "CompositeGraphicUnits", "CompositeGraphicUnit"):
            self.shared.units.setdefault(unit.get("ID", ""), unit)
        for media in children(root, "MultiMedias", "MultiMedia"):
            file = next(children(media, "MediaFile"), None)
            place = (
                posixpath.join(root.get("BaseLoc", ""), (file.text or "").strip()) if file is not None else ""
            )
            self.shared.media.setdefault(
                media.get("ID", ""), posixpath.join("/", posixpath.dirname(name), place)
            )
        for param in children(root, "DrawParams", "DrawParam"):
            self.shared.params.setdefault(param.get("ID", ""), param)

    def picture(self, resource: str) -> bytes:
        """The bytes of a picture; none where it is missing."""
        place = posixpath.normpath(self.shared.media.get(resource, "")).lstrip("/").lower()
        name = self._names.get(place)
        return self._box.read(name) if name else b""

    def notes(self, page: str) -> Iterator[Element]:
        """What notes paint on a page (its ID): their appearances, but not watermarks and what is hidden."""
        for location in self._annotations:
            for one in children(self.part(self.path, location)[1], "Page"):
                file = next(children(one, "FileLoc"), None)
                if one.get("PageID") != page or file is None:
                    continue
                base = self.part(self.path, location)[0]
                for note in children(self.part(base, file.text or "")[1], "Annot"):
                    hidden = note.get("Visible", "true").lower() in ("false", "0")
                    if not hidden and note.get("Type") not in ("Watermark", "Link"):
                        yield from children(note, "Appearance")

    def attached(self) -> int:
        """How many files are attached."""
        count = 0
        for location in self._attachments:
            try:
                count += sum(1 for _ in children(self.part(self.path, location)[1], "Attachment"))
            except ReadingError:
                count += 1
        return count

    def template(self, name: str) -> Element | None:
        location = self.templates.get(name)
        return self.part(self.path, location, keep=True)[1] if location else None


def read_ofd(box: Container) -> tuple[tuple[Page, ...], tuple[ReadingNotice, ...]]:
    """All pages of an OFD. Raises ReadingError with one sentence where it cannot be opened."""
    names = {n.lower(): n for n in box.members}
    if "encryptions.xml" in names:
        raise ReadingError("OFD 已加密，需要密码才能打开；请提供未加密的版本。")
    root = parse_xml(box.read(names["ofd.xml"], MAX_XML_BYTES))
    books = [_Book(box, location) for location in _roots(box, root)]
    notices: list[ReadingNotice] = []
    if attached := sum(book.attached() for book in books):
        notices.append(ReadingNotice(f"OFD 里附有 {attached} 个文件，没有读取，请取出后一并检查。"))
    listed = [(book, location) for book in books for location in book.pages]
    if not listed:
        raise ReadingError("OFD 中没有任何页面。")
    if len(listed) > MAX_PAGES:
        notices.append(ReadingNotice(f"共 {len(listed)} 页，只读取了前 {MAX_PAGES} 页。", cut=True))
    pages = _pages(listed[:MAX_PAGES], notices)
    if pages and not any(p.blocks for p in pages) and all(n.message == _IMAGE for n in notices if n.place):
        notices = [
            ReadingNotice("整份 OFD 没有文字（扫描件或图片），本版本未做识别；内容未检查，不代表没有问题。")
        ]
    return tuple(pages), tuple(notices)


def _pages(listed: list[tuple[_Book, str]], notices: list[ReadingNotice]) -> list[Page]:
    """The pages that can be read; what is told of them and of the others goes to ``notices``."""
    pages: list[Page] = []
    tables = 0
    for number, (book, location) in enumerate(listed, start=1):
        begins(number, len(listed))
        try:
            page, stated = _page(book, location, number, tables)
        except ReadingError as error:
            here = PagePlace(number, 0, 0, 0, 0)
            notices.append(ReadingNotice(f"本页未能读取：{error}", here, True))
            continue
        tables += sum(isinstance(b, Table) for b in page.blocks)
        pages.append(page)
        notices.extend(stated)
    return pages


def _recognised(
    book: _Book, picture: Picture, number: int, first: int
) -> tuple[Page, list[ReadingNotice]] | ReadingNotice:
    """A page that is one picture, by what that shows."""
    here = PagePlace(number, 0, 0, 0, 0)
    if not installed():
        return ReadingNotice(_IMAGE, here, True)
    from yibenzhang.reading.pictures import read_picture

    try:
        return read_picture(book.picture(picture.resource), picture.width * POINTS, number, first)
    except ReadingError:
        return ReadingNotice(_IMAGE, here, True)


def _roots(box: Container, root: Element) -> Iterator[str]:
    """Where each document begins: its current version, else the one that was first written."""
    for body in children(root, "DocBody"):
        current = [v for v in children(body, "Versions", "Version") if v.get("Current") in ("true", "1")]
        for version in current[:1]:
            name = version.get("BaseLoc", "").lstrip("/")
            if name in box.members:
                body = parse_xml(box.read(name, MAX_XML_BYTES))
        for location in children(body, "DocRoot"):
            yield location.text or ""


def _size(box: Sequence[float], turn: int) -> tuple[float, float]:
    width, height = box[2] * POINTS, box[3] * POINTS
    return (height, width) if turn in (90, 270) else (width, height)


def _page(book: _Book, location: str, number: int, first: int) -> tuple[Page, list[ReadingNotice]]:
    path, root = book.part(book.path, location)
    for r in children(root, "PageRes"):
        book.resources(path, r.text or "")
    box = _box(root, book)
    drawing = _drawn(book, root, box, location)
    here = PagePlace(number, 0, 0, 0, 0)
    turn = drawing.turn()
    glyphs = drawing.glyphs(turn, box[2], box[3])
    hs, vs = drawing.rules(turn, box[2], box[3])
    notices = _notices(drawing, glyphs, here)
    large = [p for p in drawing.images if p.width * p.height > _LARGE * box[2] * box[3]]
    if large and len(glyphs) <= _FEW_GLYPHS:
        read = _recognised(book, max(large, key=lambda p: p.width * p.height), number, first)
        if isinstance(read, tuple) and (not glyphs or not any(n.unread for n in read[1])):
            return read
        if not glyphs:
            notices.append(ReadingNotice(_IMAGE, here, True) if isinstance(read, tuple) else read)
            large = []
    notices.extend(pictures_notice(len(large), here))
    if len(hs) + len(vs) > MAX_RULES_PER_PAGE:
        notices.append(ReadingNotice("本页线条过多，未按表格读取。", here, True))
        hs, vs = [], []
    page = page_of(number, _size(box, turn), glyphs, hs, vs, first)
    if not turn:
        page = with_unread_cells(page, drawing.letters, [p.box for p in drawing.images])
    return page, notices


def _notices(drawing: Drawing, glyphs: list[Glyph], here: PagePlace) -> list[ReadingNotice]:
    """What of a page was left out or has no characters."""
    notices = [ReadingNotice(text, here, unread) for text, unread in drawing.told()]
    bad = sum(unmapped(g.text) for g in glyphs)
    if bad > 3:
        notices.append(ReadingNotice(f"本页有 {bad} 个字形无法识别，涉及的内容未检查。", here))
    return notices


def _box(page: Element, book: _Book) -> tuple[float, ...]:
    """Left, top, width and height of a page in millimetres; A4 where it is not told or is nothing."""
    area = next(children(page, "Area", "PhysicalBox"), book.area)
    box = numbers(area.text if area is not None else None, 4) or _A4
    return _A4 if box[2] <= 1 or box[3] <= 1 else box


def _drawn(book: _Book, page: Element, box: tuple[float, ...], location: str) -> Drawing:
    """What is drawn on a page: its templates, its own content, its notes."""
    drawing = Drawing(book.shared, (1, 0, 0, 1, -box[0], -box[1]))
    for t in children(page, "Template"):
        template = book.template(t.get("TemplateID", ""))
        if template is not None:
            drawing.draw_content(template)
    drawing.draw_content(page)
    with suppress(ReadingError):  # notes that are missing paint nothing
        for look in book.notes(book.ids.get(location, "")):
            drawing.draw_note(look)
    return drawing
