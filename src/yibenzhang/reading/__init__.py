"""From a file to a Document: one reader per kind of file, chosen by the bytes and never by the name."""

from __future__ import annotations

import hashlib
from pathlib import Path

from yibenzhang.documents import Document
from yibenzhang.reading.limits import MAX_FILE_BYTES, ReadingError
from yibenzhang.reading.pdf import read_pdf
from yibenzhang.reading.scanned import INSTALL, installed
from yibenzhang.reading.text import read_text

__all__ = ["ReadingError", "read", "read_bytes"]

_OTHER = {
    b"PK\x03\x04": "这是压缩包或 Office/OFD 文件（docx、xlsx、ofd、zip），本版本只读 PDF 和文本。",
    b"\xd0\xcf\x11\xe0": "这是旧版 Office 文件（doc、xls、wps），本版本只读 PDF 和文本。",
    b"Rar!": "这是 RAR 压缩包，请先解压。",
}


_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
"""PNG, JPEG, TIFF in either byte order."""


def read(path: str | Path) -> Document:
    """Read one file. Raises ReadingError, one sentence for a person, where that is not possible."""
    file = Path(path)
    try:
        size = file.stat().st_size
        if size > MAX_FILE_BYTES:
            raise ReadingError(
                f"文件有 {size // 1024 // 1024} MB，超过 {MAX_FILE_BYTES // 1024 // 1024} MB 的上限。"
            )
        data = file.read_bytes()
    except OSError as error:
        raise ReadingError(f"文件无法打开：{error.strerror or error}。") from error
    return read_bytes(data, str(path))


def read_bytes(data: bytes, path: str) -> Document:
    """The same from bytes; ``path`` only names the document."""
    if not data.strip():
        raise ReadingError("文件是空的，没有任何内容。")
    for magic, sentence in _OTHER.items():
        if data.startswith(magic):
            raise ReadingError(sentence)
    if b"%PDF-" in data[:1024]:
        kind, (pages, notices) = "pdf", read_pdf(data)
    elif data.startswith(_IMAGES):
        if not installed():
            raise ReadingError(f"这是图片，{INSTALL}。")
        from yibenzhang.reading.pictures import read_image

        kind, (pages, notices) = "image", read_image(data)
    else:
        kind, (pages, notices) = "text", read_text(data)
    return Document(path, kind, hashlib.sha256(data).hexdigest(), pages, notices)
