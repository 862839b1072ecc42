"""What kind of file it is: by its bytes, never by its name."""

from __future__ import annotations

import io
import re
from enum import StrEnum
from typing import TYPE_CHECKING

from yibenzhang.reading.limits import ReadingError

if TYPE_CHECKING:
    from yibenzhang.reading.packages import Package

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta|div|title)[\s>]", re.IGNORECASE)


class Kind(StrEnum):
    """The kinds that are told apart."""

    DOCX = "docx"
    XLSX = "xlsx"
    XLS = "xls"
    OFD = "ofd"
    ZIP = "zip"
    ODT = "odt"
    ODS = "ods"
    XLSB = "xlsb"
    DOC = "doc"
    RTF = "rtf"
    SHEET_XML = "xls.xml"
    WORD_XML = "doc.xml"
    MHTML = "mhtml"
    HTML = "html"


def zip_kind(package: Package) -> Kind:
    """What a zip holds. Raises ReadingError for presentations."""
    names = package.members
    if "OFD.xml" in names:
        return Kind.OFD
    main = package.main()
    if main.endswith("workbook.bin"):
        return Kind.XLSB
    if main.startswith("ppt/"):
        raise ReadingError("这是演示文稿（pptx），不是预算或决算公开文件。")
    if main:
        return Kind.XLSX if main.startswith("xl/") or "workbook" in main else Kind.DOCX
    if "mimetype" in names and "content.xml" in names:
        stated = package.read("mimetype", 200)
        return Kind.ODS if b"spreadsheet" in stated else Kind.ODT
    return Kind.ZIP


def ole_kind(data: bytes) -> Kind:
    """What an old compound file holds, by its streams. Raises ReadingError where it is nothing readable."""
    import olefile

    from yibenzhang.reading.packages import BROKEN

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            names = {entry[0].lower() for entry in ole.listdir(streams=True, storages=True) if entry}
    except Exception as error:  # olefile raises whatever its damaged input makes it stumble over
        raise ReadingError(BROKEN) from error
    if "encryptedpackage" in names:
        raise ReadingError("文件已加密，需要密码才能打开；请提供未加密的版本。")
    if "worddocument" in names:
        return Kind.DOC
    if names & {"workbook", "book"}:
        return Kind.XLS
    if "powerpoint document" in names:
        raise ReadingError("这是演示文稿（ppt），不是预算或决算公开文件。")
    raise ReadingError("这是旧版复合文件，但里面不是 Word 或 Excel 内容，未能读取。")


def text_kind(data: bytes) -> Kind | None:
    """What markup or mail it is; None for plain text and CSV."""
    head = data[:8192]
    if head.startswith(b"{\\rtf"):
        return Kind.RTF
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head and b"<?xml" in head[:100]:
        return Kind.SHEET_XML
    if b"schemas.microsoft.com/office/word/2003/wordml" in head and b"<?xml" in head[:100]:
        return Kind.WORD_XML
    if re.match(rb"(?:[\w-]+:.*\r?\n(?:[ \t].*\r?\n)*){1,30}", head) and b"multipart/related" in head.lower():
        return Kind.MHTML
    return Kind.HTML if is_html(data) else None


def is_html(data: bytes) -> bool:
    """Markup of a web page near the beginning."""
    head = data[:8192].replace(b"\x00", b"") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else data[:8192]
    head = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head.startswith(b"<") and bool(_MARKUP.search(head))
