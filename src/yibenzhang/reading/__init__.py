"""From a file to a Document: one reader per kind of file, chosen by the bytes and never by the name."""

from __future__ import annotations

import hashlib
from pathlib import Path

from yibenzhang.documents import Document, Page, ReadingNotice
from yibenzhang.reading.archives import bytes_of
from yibenzhang.reading.containers import ZIP, Container
from yibenzhang.reading.limits import ReadingError
from yibenzhang.reading.ofd import read_ofd
from yibenzhang.reading.pdf import read_pdf
from yibenzhang.reading.text import read_text

__all__ = ["ReadingError", "read"]

_OTHER = {
    b"\xd0\xcf\x11\xe0": "这是旧版 Office 文件（doc、xls、wps），本版本不读。",
    b"\x89PNG": "这是图片（PNG），本版本不做文字识别。",
    b"\xff\xd8\xff": "这是图片（JPEG），本版本不做文字识别。",
    b"II*\x00": "这是图片（TIFF），本版本不做文字识别。",
    b"MM\x00*": "这是图片（TIFF），本版本不做文字识别。",
    b"Rar!": "这是 RAR 压缩包，请先解压。",
}


_ZIPPED = {
    "docx": "这是 Word 文件（docx），本版本不读。",
    "xlsx": "这是 Excel 文件（xlsx），本版本不读。",
    "pptx": "这是演示文稿（pptx），本版本不读。",
    "odf": "这是 ODF 文件（odt、ods），本版本不读。",
    "zip": "这是压缩包，请用 check 命令检查其中的文件。",
}


def read(path: str | Path) -> Document:
    """Read one file, or one in an archive (``A.zip/成员名``). Raises ReadingError, one sentence for a person, where that is not possible."""
    return read_data(str(path), bytes_of(path))


def read_data(path: str, data: bytes) -> Document:
    """Read the bytes of one file; ``path`` is what it is called."""
    if not data.strip():
        raise ReadingError("文件是空的，没有任何内容。")
    for magic, sentence in _OTHER.items():
        if data.startswith(magic):
            raise ReadingError(sentence)
    if data.startswith(ZIP):
        kind, (pages, notices) = _zipped(data)
    elif b"%PDF-" in data[:1024]:
        kind, (pages, notices) = "pdf", read_pdf(data)
    else:
        kind, (pages, notices) = "text", read_text(data)
    return Document(path, kind, hashlib.sha256(data).hexdigest(), pages, notices)


def _zipped(data: bytes) -> tuple[str, tuple[tuple[Page, ...], tuple[ReadingNotice, ...]]]:
    """Kind and content of a zip, known by the names inside it."""
    box = Container(data)
    if box.kind == "ofd":
        return "ofd", read_ofd(box)
    raise ReadingError(_ZIPPED[box.kind])
