"""The parts of an Office file (a zip of XML), read in memory within bounds; nothing is fetched or expanded."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from lxml import etree

from yibenzhang.reading.containers import ZIP_FAULTS
from yibenzhang.reading.limits import (
    MAX_PART_BYTES,
    MAX_PART_RATIO,
    MAX_PART_TAGS,
    MAX_PARTS,
    ReadingError,
)

BROKEN = "文件已损坏或不完整，无法打开；请重新下载或另存一份。"
"""What zipfile raises on files that are no sound zip."""
_SMALL = 1024 * 1024
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class Package:
    """The parts by name. Raises ReadingError where the bytes are no sound zip."""

    def __init__(self, data: bytes) -> None:
        try:
            if data.count(b"PK\x01\x02") > MAX_PARTS:
                raise ReadingError("文件内的部件太多，不予读取。")
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = (
                i for i in self._zip.infolist() if not i.filename.endswith("/")
            )  # is_dir() fails on an empty name
            self.members = {i.filename.lstrip("/"): i for i in infos}
        except ZIP_FAULTS as error:
            raise ReadingError(BROKEN) from error
        self._left = 2 * MAX_PART_BYTES

    def read(self, name: str, most: int = MAX_PART_BYTES) -> bytes:
        """One part. The sizes a zip declares may lie: what is unpacked is counted too."""
        info = self.members.get(name)
        if info is None:
            raise ReadingError(BROKEN)
        if info.flag_bits & 1:
            raise ReadingError("文件已加密，需要密码才能打开；请提供未加密的版本。")
        size = info.file_size
        if size > _SMALL and size > MAX_PART_RATIO * max(info.compress_size, 1):
            raise ReadingError(f"文件内部的压缩比超过 {MAX_PART_RATIO} 倍，疑似压缩炸弹，不予读取。")
        most = min(most, self._left)
        if size > most:
            raise ReadingError(f"文件解开后超过 {most // 1024 // 1024} MB，不予读取。")
        try:
            with self._zip.open(info) as member:
                data = member.read(most + 1)
        except ZIP_FAULTS as error:
            raise ReadingError(BROKEN) from error
        if len(data) > most:
            raise ReadingError(f"文件解开后超过 {most // 1024 // 1024} MB，不予读取。")
        self._left -= len(data)
        return data

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """The relations of a part: id → (last word of the type, name of the part it points to)."""
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if path not in self.members:
            return {}
        out = {}
        for node in parse(self.read(path)).iter(_RELATIONS):
            target = node.get("Target") or ""
            if node.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            out[node.get("Id") or ""] = ((node.get("Type") or "").rpartition("/")[2], target)
        return out

    def main(self) -> str:
        """The name of the part that holds the document itself; empty where there is none."""
        try:
            found = [t for kind, t in self.relations("").values() if kind == "officeDocument"]
        except ReadingError:
            found = []
        known = ("word/document.xml", "xl/workbook.xml", "xl/workbook.bin", "ppt/presentation.xml")
        return next((n for n in (*found, *known) if n in self.members), "")


def sound(data: bytes) -> bytes:
    """XML bytes without what no honest part has: document types (entities) and endless tags."""
    if b"\x00" in data[:64]:
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise ReadingError(BROKEN) from error
        data = text.partition("?>")[2].encode() if text.startswith("<?xml") else text.encode()
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ReadingError("文件内的 XML 带有 DOCTYPE（实体定义），出于安全不予读取。")
    if data.count(b"<") > MAX_PART_TAGS:
        raise ReadingError("文件内容过多（标记超过上限），不予读取。")
    return data


@lru_cache(maxsize=4096)
def bare_tag(tag: str) -> str:
    """A tag without its namespace: files of the strict and the transitional kind differ in nothing else."""
    return tag.rpartition("}")[2]


def local(element: Any) -> str:
    """The name of an element; empty for what is none (comments)."""
    tag = element.tag
    return bare_tag(tag) if isinstance(tag, str) else ""


def parse(data: bytes) -> etree._Element:
    """The root of one small part."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(sound(data), parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise ReadingError(BROKEN) from error
    if root is None:
        raise ReadingError(BROKEN)
    return root


def events(data: bytes, tags: tuple[str, ...]) -> Iterator[tuple[str, etree._Element]]:
    """Start and end of elements of these tags, in order; the reader clears what it has used."""
    try:
        walk = etree.iterparse(
            io.BytesIO(sound(data)),
            events=("start", "end"),
            tag=tags,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        yield from walk
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise ReadingError(BROKEN) from error
