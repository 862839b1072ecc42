"""From a file to a Document: one reader per kind of file, chosen by the bytes and never by the name.

Every kind but plain text is imported when a file of it comes: a start costs what is used.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from yibenzhang.model.documents import Document, Page, ReadingNotice
from yibenzhang.reading.archives import bytes_of
from yibenzhang.reading.bounding import within
from yibenzhang.reading.celled import celled
from yibenzhang.reading.extra import INSTALL, installed
from yibenzhang.reading.halves import sound
from yibenzhang.reading.kinds import OLE, ZIP, Kind, ole_kind, text_kind, zip_kind
from yibenzhang.reading.laying import upright
from yibenzhang.reading.limits import MAX_SHEET_CELLS, MAX_XML_BYTES, ReadingError
from yibenzhang.reading.loose import loose_notice
from yibenzhang.reading.separated import separator_of, unruled
from yibenzhang.reading.text import decode, read_text

__all__ = ["ReadingError", "read", "read_data"]

_OTHER = {
    b"Rar!": "这是 RAR 压缩包，请先解压。",
}
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
"""PNG, JPEG, TIFF in either byte order."""
_OF_LINES = ("text", Kind.HTML.value, Kind.MHTML.value)
"""Kinds of files in which an extraction leaves tables as lines."""
Read = tuple[tuple[Page, ...], tuple[ReadingNotice, ...]]


def read(path: str | Path) -> Document:
    """Read one file, or one in an archive (``A.zip/成员名``). Raises ReadingError, one sentence for a person, where
    that is not possible."""
    return read_data(str(path), bytes_of(path))


def read_data(path: str, data: bytes) -> Document:
    """Read the bytes of one file; ``path`` is what it is called."""
    if not data.strip():
        raise ReadingError("文件是空的，没有任何内容。")
    kind, read = _read(data)
    pages, notices = sound(*within(*read))
    pages, more = upright(pages)
    cells: tuple[ReadingNotice, ...] = ()
    if kind in _OF_LINES:
        pages, cells = celled(pages)
    notices = (*notices, *more, *cells, *loose_notice(pages))
    return Document(str(path), kind, hashlib.sha256(data).hexdigest(), pages, notices)


def _read(data: bytes) -> tuple[str, Read]:
    """The kind of file and what was read from it."""
    for magic, sentence in _OTHER.items():
        if data.startswith(magic):
            raise ReadingError(sentence)
    if data.startswith(ZIP):
        return _read_zip(data)
    if data.startswith(OLE):
        kind = ole_kind(data)
        return kind.value, _read_workbook(data) if kind == Kind.XLS else _read_converted(data, kind)
    if b"%PDF-" in data[:1024]:
        from yibenzhang.reading.pdf import read_pdf

        return "pdf", read_pdf(data)
    if data.startswith(_IMAGES):
        return "image", _read_picture(data)
    marked = text_kind(data)
    if marked in (Kind.HTML, Kind.MHTML):
        from yibenzhang.reading.webpages import read_html, read_mhtml

        return marked.value, read_html(data) if marked == Kind.HTML else read_mhtml(data)
    if marked is not None:
        return marked.value, _read_converted(data, marked)
    return _read_plain(data)


def _read_plain(data: bytes) -> tuple[str, Read]:
    text = unruled(decode(data))
    if separator := separator_of(text):
        from yibenzhang.reading.folding import plain
        from yibenzhang.reading.sheets import read_csv

        return "csv", read_csv(plain(text), separator)
    return "text", read_text(data)


def _read_workbook(data: bytes) -> Read:
    from yibenzhang.reading.workbooks import read_xls

    return read_xls(data)


def _read_picture(data: bytes) -> Read:
    if not installed():
        raise ReadingError(f"这是图片，{INSTALL}。")
    from yibenzhang.reading.pictures import read_image  # needs the extra

    return read_image(data)


def _read_zip(data: bytes) -> tuple[str, Read]:
    from yibenzhang.reading.packages import Package

    package = Package(data)
    kind = zip_kind(package)
    if kind == Kind.DOCX:
        from yibenzhang.reading.word import read_docx

        return kind.value, read_docx(package)
    if kind == Kind.XLSX:
        from yibenzhang.reading.workbooks import read_xlsx

        return kind.value, read_xlsx(package)
    if kind in (Kind.ODT, Kind.ODS, Kind.XLSB):
        return kind.value, _read_converted(data, kind)
    if kind == Kind.OFD:
        from yibenzhang.reading.containers import Container
        from yibenzhang.reading.ofd import read_ofd

        box = Container(data)
        if box.kind != "ofd":  # its directory tells other names than its entries do
            raise ReadingError("OFD 已损坏或不完整，无法打开；请重新下载或导出。")
        return kind.value, read_ofd(box)
    raise ReadingError("这是压缩包，请用 check 命令检查其中的文件。")


def _read_converted(data: bytes, kind: Kind) -> Read:
    """What LibreOffice makes of it, read like a file of today."""
    from yibenzhang.reading.converting import converted, repeated_cells
    from yibenzhang.reading.packages import Package
    from yibenzhang.reading.word import read_docx
    from yibenzhang.reading.workbooks import read_xlsx

    if (
        kind == Kind.ODS
        and repeated_cells(Package(data).read("content.xml", MAX_XML_BYTES)) > MAX_SHEET_CELLS
    ):
        raise ReadingError(f"工作簿里有内容的单元格超过 {MAX_SHEET_CELLS} 个，不予读取。")
    if kind in (Kind.ODS, Kind.XLSB, Kind.SHEET_XML):
        return read_xlsx(Package(converted(data, kind.value, "xlsx")))
    return read_docx(Package(converted(data, kind.value, "docx")))
