"""Zip containers (OFD, Office, archives), read in memory within bounds: nothing is unpacked to disk."""

from __future__ import annotations

import io
import stat
import struct
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

from yibenzhang.reading.limits import (
    MAX_FILE_BYTES,
    MAX_XML_BYTES,
    MAX_XML_DEPTH,
    MAX_ZIP_BYTES,
    MAX_ZIP_ENTRIES,
    MAX_ZIP_RATIO,
    ReadingError,
)

ZIP = b"PK\x03\x04"
_SMALL = 1024 * 1024
"""A member this small is read whatever it is packed to."""
_MOST_RECORDS = 200_000
"""More entries than this are not even listed."""
ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    OverflowError,
)
"""What zipfile raises on files that are no sound zip."""


def kind_of(names: Iterable[str]) -> str:
    """What a zip is, by the names inside it: ofd, docx, xlsx, pptx, odf, or zip for a plain archive."""
    known = {n.lower() for n in names}
    if "ofd.xml" in known:
        return "ofd"
    for kind, part in (
        ("docx", "word/document.xml"),
        ("xlsx", "xl/workbook."),
        ("pptx", "ppt/presentation."),
    ):
        if any(n.startswith(part) for n in known):
            return kind
    return "odf" if "mimetype" in known and "content.xml" in known else "zip"


class Container:
    """The members of one zip by their names, ``/`` between folders. Raises ReadingError where it is no zip.

    ``refused`` holds (name, sentence) of members that must not be read: unsafe paths, links, bombs, too many.
    """

    def __init__(self, source: bytes | Path) -> None:
        try:
            if _records(source) > _MOST_RECORDS:
                raise ReadingError("压缩包里的文件太多，未能读取。")
            self._zip = zipfile.ZipFile(source if isinstance(source, Path) else io.BytesIO(source))
            infos = self._zip.infolist()
        except ZIP_FAULTS as error:
            raise ReadingError(
                "压缩文件（docx、xlsx、ofd、zip 等）已损坏或不完整，无法打开；请重新下载或打包。"
            ) from error
        self.members: dict[str, zipfile.ZipInfo] = {}
        self.refused: list[tuple[str, str]] = []
        self.left = MAX_ZIP_BYTES
        declared = 0
        for k, info in enumerate(infos):
            if info.filename.endswith("/"):  # is_dir() fails on an empty name
                continue
            name = _name(info)
            shown = "".join(c if c.isprintable() else "\ufffd" for c in name)[:200]
            if k >= MAX_ZIP_ENTRIES:
                rest = len(infos) - k
                self.refused.append(
                    (
                        "",
                        f"压缩包里的文件超过 {MAX_ZIP_ENTRIES} 个，其余 {rest} 个未读取；请分成几个压缩包。",
                    )
                )
                break
            declared += info.file_size
            if why := _unsafe(info, name, declared):
                self.refused.append((shown, why))
            elif name in self.members:
                self.refused.append((shown, "压缩包里有同名的文件，只读取了第一个。"))
            else:
                self.members[name] = info

    @property
    def kind(self) -> str:
        return kind_of(self.members)

    def read(self, name: str, most: int = MAX_FILE_BYTES) -> bytes:
        """One member, at most ``most`` bytes. Raises ReadingError."""
        info = self.members.get(name)
        if info is None:
            raise ReadingError(f"压缩包里没有“{name}”。")
        if info.file_size > most:
            raise ReadingError(
                f"压缩包里的“{name}”有 {info.file_size // 1024 // 1024} MB，超过 {most // 1024 // 1024} MB 的上限。"
            )
        if info.file_size > self.left:
            raise ReadingError("压缩包解开后过大，未能读取。")
        self.left -= info.file_size
        try:
            with self._zip.open(info) as member:
                return member.read()
        except ZIP_FAULTS as error:
            raise ReadingError(f"压缩包里的“{name[:100]}”已损坏，无法读取。") from error

    def begins(self, name: str, with_: bytes) -> bool:
        """Does a member begin with these bytes; false also where it cannot be read."""
        try:
            with self._zip.open(self.members[name]) as member:
                return member.read(len(with_)) == with_
        except ZIP_FAULTS:
            return False


def _records(source: bytes | Path) -> int:
    """How many entries the directory can have at most; zipfile would list any number."""
    mark = b"PK\x01\x02"
    if not isinstance(source, Path):
        return source.count(mark)
    if source.stat().st_size > MAX_ZIP_BYTES:
        raise ReadingError(f"压缩包超过 {MAX_ZIP_BYTES // 1024**3} GB 的上限，未能读取。")
    found = 0
    with source.open("rb") as file:
        while chunk := file.read(16 * 1024 * 1024):
            found += chunk.count(mark)
    return found


def _name(info: zipfile.ZipInfo) -> str:
    """The name as its maker wrote it: without the UTF-8 flag it may be UTF-8 (macOS) or GBK (Windows)."""
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/").removeprefix("./")


def _unsafe(info: zipfile.ZipInfo, name: str, declared: int) -> str:
    """Why a member must not be read; empty where it may."""
    if (
        name.startswith("/")
        or name[1:2] == ":"
        or ".." in name.split("/")
        or not all(c.isprintable() for c in name)
    ):
        return "压缩包里的路径不安全（绝对路径、上级目录或控制字符），未读取。"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "压缩包里的符号链接不读取。"
    if info.flag_bits & 1:
        return "压缩包已加密，需要密码才能打开；请提供未加密的版本。"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "压缩方式不常见，未读取；请用普通方式重新打包。"
    if info.file_size > _SMALL and info.file_size > MAX_ZIP_RATIO * max(info.compress_size, 1):
        return f"压缩比超过 {MAX_ZIP_RATIO} 倍，疑似压缩炸弹，未读取。"
    if declared > MAX_ZIP_BYTES:
        return f"压缩包解开后超过 {MAX_ZIP_BYTES // 1024**3} GB，其余未读取。"
    return ""


class _Builder(ET.TreeBuilder):
    """Refuses what no honest part has: a document type (entities) and endless nesting."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise ReadingError("文件内的 XML 带有 DOCTYPE（实体定义），出于安全不予读取。")

    def start(self, tag: str, attrs: dict[str, str]) -> ET.Element:
        self._depth += 1
        if self._depth > MAX_XML_DEPTH:
            raise ReadingError("文件内的 XML 嵌套过深，不予读取。")
        return super().start(tag, attrs)

    def end(self, tag: str) -> ET.Element:
        self._depth -= 1
        return super().end(tag)


def parse_xml(data: bytes) -> ET.Element:
    """The root of an XML part. Raises ReadingError: broken, too large, or with entities."""
    if len(data) > MAX_XML_BYTES:
        raise ReadingError(f"文件内的 XML 超过 {MAX_XML_BYTES // 1024 // 1024} MB，不予读取。")
    parser = ET.XMLParser(target=_Builder())
    try:
        parser.feed(data)
        root = parser.close()
    except (ET.ParseError, ValueError, LookupError) as error:
        raise ReadingError("文件内的 XML 已损坏，无法读取。") from error
    assert isinstance(root, ET.Element)
    return root
