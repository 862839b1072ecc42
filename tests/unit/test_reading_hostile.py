"""Whatever the bytes, a reader returns a Document or one sentence: hostile, damaged and absurd office files."""

from __future__ import annotations

import io
import random
import time
import zipfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import examples
from tests.office import VARIANTS, as_csv, documents
from yibenzhang.checking.check import facts_of
from yibenzhang.model.documents import Document
from yibenzhang.reading import ReadingError, converting, read

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)


def zipped(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in parts.items():
            z.writestr(name, data)
    return out.getvalue()


def docx_of(body: str, head: str = "") -> bytes:
    return zipped({"word/document.xml": f"{head}<w:document {W}><w:body>{body}</w:body></w:document>"})


def xlsx_of(sheet: str, head: str = "") -> bytes:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    book = f'<workbook {S} {R}><sheets><sheet name="表" sheetId="1" r:id="a"/></sheets></workbook>'
    link = RELS.format(f'<Relationship Id="a" Type="{kind}" Target="worksheets/sheet1.xml"/>')
    return zipped(
        {
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": link,
            "xl/worksheets/sheet1.xml": f"{head}<worksheet {S}>{sheet}</worksheet>",
        }
    )


def tried(data: bytes, folder: Path) -> Document | str:
    """The document or the one sentence; anything else that is raised fails the test."""
    path = folder / "file"
    path.write_bytes(data)
    try:
        return read(path)
    except ReadingError as error:
        assert str(error).count("。") == 1 and str(error).endswith("。")
        return str(error)


def refused(data: bytes, folder: Path, word: str, seconds: float = 120) -> None:
    start = time.process_time()
    told = tried(data, folder)
    assert isinstance(told, str)
    assert word in told
    assert time.process_time() - start < seconds


ENTITY = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "{}"><!ENTITY c SYSTEM "file:///etc/passwd">]>'


def test_entities_are_never_expanded(tmp_path: Path) -> None:
    bomb = ENTITY.format("ha" * 1000)
    refused(docx_of("<w:p><w:r><w:t>&c;&b;</w:t></w:r></w:p>", bomb), tmp_path, "DOCTYPE")
    refused(xlsx_of("<sheetData><row><c><v>&c;</v></c></row></sheetData>", bomb), tmp_path, "DOCTYPE")
    wide = f"{bomb}<w:document {W}/>".encode("utf-16")
    refused(zipped({"word/document.xml": wide}), tmp_path, "DOCTYPE")


def test_an_entity_of_a_page_is_not_fetched(tmp_path: Path) -> None:
    page = (
        '<!DOCTYPE html [<!ENTITY c SYSTEM "file:///etc/passwd">]><html><body><p>正文&c;。</p></body></html>'
    )
    found = tried(page.encode(), tmp_path)
    assert isinstance(found, Document)
    assert "root:" not in "".join(p.text for p in found.paragraphs())


def test_zip_bombs(tmp_path: Path) -> None:
    refused(zipped({"word/document.xml": b" " * 60_000_000}), tmp_path, "压缩")
    lying = bytearray(docx_of("<w:p/>" * 400_000))
    at = lying.rindex(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (100).to_bytes(4, "little")  # the size the directory declares
    refused(bytes(lying), tmp_path, "")


def test_one_cell_in_the_last_corner(tmp_path: Path) -> None:
    sheet = '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
    sheet += '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData>'
    sheet += '<mergeCells><mergeCell ref="A1:XFD1048576"/><mergeCell ref="B2:XFD1048575"/></mergeCells>'
    start = time.process_time()
    assert isinstance(tried(xlsx_of(sheet), tmp_path), Document | str)
    assert time.process_time() - start < 60


def test_a_diagonal_of_cells_is_no_grid_of_millions(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{k}"><c r="{letters(k)}{k}"><v>{k}</v></c><c r="{letters(k + 1)}{k}"><v>{k}</v></c></row>'
        for k in range(1, 9000)
    )
    found = tried(xlsx_of(f"<sheetData>{rows}</sheetData>"), tmp_path)
    assert isinstance(found, Document)
    assert sum(t.rows * t.columns for t in found.tables()) <= 2_000_000


def letters(n: int) -> str:
    out = ""
    while n:
        n, d = divmod(n - 1, 26)
        out = chr(65 + d) + out
    return out


def test_deep_nesting(tmp_path: Path) -> None:
    table = "<table><tr><td>一<td>"
    page = f"<html><body>{table * 5000}完</body></html>".encode()
    assert isinstance(tried(page, tmp_path), Document | str)
    page = f"<html><body>{'<div>' * 100_000}完。</body></html>".encode()
    assert isinstance(tried(page, tmp_path), Document | str)
    deep = "<w:tbl><w:tr><w:tc>" * 400 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 400
    assert isinstance(tried(docx_of(deep), tmp_path), Document | str)
    deep = "<w:tbl><w:tr><w:tc>" * 60 + "<w:p><w:r><w:t>内</w:t></w:r></w:p>" + "</w:tc></w:tr></w:tbl>" * 60
    found = tried(docx_of(deep), tmp_path)
    assert isinstance(found, Document)
    assert [p.text for p in found.paragraphs()] == ["内"]


@pytest.mark.long
def test_too_much_of_everything(tmp_path: Path) -> None:
    refused(b"<html><body>" + b"<p>a" * 1_600_000, tmp_path, "标记超过上限")
    with_tags = docx_of("<w:p/>" * 10 + "<w:b/>" * 6_000_000)
    refused(with_tags, tmp_path, "不予读取")
    cells = "".join(
        f'<row r="{r}">' + "".join(f"<c><v>{r * k}</v></c>" for k in range(1000)) + "</row>"
        for r in range(1, 1100)
    )
    refused(xlsx_of(f"<sheetData>{cells}</sheetData>"), tmp_path, "200000 个")


def test_absurd_spans(tmp_path: Path) -> None:
    row = '<tr><td rowspan="65534" colspan="1000">a</td><td rowspan="0">1.00</td></tr>'
    found = tried(f"<html><body><table>{row * 500}</table></body></html>".encode(), tmp_path)
    assert isinstance(found, Document | str)
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="99999999"/></w:tcPr><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc>'
    found = tried(docx_of("<w:tbl>" + f"<w:tr>{cell * 3}</w:tr>" * 300 + "</w:tbl>"), tmp_path)
    assert isinstance(found, Document | str)


def test_encrypted_and_foreign_zips(tmp_path: Path) -> None:
    locked = bytearray(docx_of("<w:p/>"))
    locked[6] |= 1
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    refused(bytes(locked), tmp_path, "加密")
    refused(zipped({"a.txt": "x"}), tmp_path, "压缩包")
    refused(zipped({"OFD.xml": "<a/>"}), tmp_path, "OFD")
    refused(zipped({"ppt/presentation.xml": "<a/>"}), tmp_path, "演示文稿")


def test_without_libreoffice_one_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converting.shutil, "which", lambda name: None)
    refused(rb"{\rtf1 hello}", tmp_path, "LibreOffice")


# ---- random and mutated bytes --------------------------------------------------------------


@lru_cache(maxsize=1)
def samples() -> dict[str, bytes]:
    doc = documents()["jiangsu-three-errors.pdf"]
    return {s: make(doc) for s, make in VARIANTS.items()} | {".csv": as_csv(doc)}


FUZZ = settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)


def used(data: bytes, folder: Path) -> None:
    found = tried(data, folder)
    if isinstance(found, Document):
        facts_of(found)


@FUZZ
@given(st.sampled_from(sorted(["PK", "OLE", "HTML", "RTF", ""])), st.binary(max_size=2000))
def test_random_bytes(tmp_path: Path, kind: str, data: bytes) -> None:
    head = {
        "PK": b"PK\x03\x04", "OLE": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "HTML": b"<html><table>", "RTF": b"<table>",
        "": b"a,b,1\n",
    }[kind]  # fmt: skip
    used(head + data, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".html", "-gbk-inside.html", ".csv", ".xls"])
def test_mutated_files(suffix: str, tmp_path: Path) -> None:
    """Bytes changed, cut out, doubled; in zips also inside the parts, where the checksum would hide it."""

    @FUZZ
    @given(st.integers(0, 2**32))
    def run(seed: int) -> None:
        used(mutated(samples()[suffix], random.Random(seed)), tmp_path)

    run()


def mutated(data: bytes, chance: random.Random) -> bytes:
    if data.startswith(b"PK") and chance.random() < 0.7:
        with zipfile.ZipFile(io.BytesIO(data)) as z:
            parts = {n: z.read(n) for n in z.namelist()}
        name = chance.choice([n for n in parts if n.endswith((".xml", ".rels"))])
        parts[name] = changed(parts[name], chance)
        return zipped(dict(parts))
    return changed(data, chance)


def changed(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    ways: list[Callable[[], None]] = [
        lambda: out.__setitem__(chance.randrange(len(out)), chance.randrange(256)),
        lambda: out.__delitem__(slice(at := chance.randrange(len(out)), at + chance.randrange(1, 60))),
        lambda: out.extend(out[(at := chance.randrange(len(out))) : at + 200]),
        lambda: out.__delitem__(slice(chance.randrange(len(out) // 2, len(out)), None)),
        lambda: out.__setitem__(slice(at := chance.randrange(len(out)), at), b"99999999999"),
    ]
    for _ in range(chance.choice([1, 1, 3, 20])):
        if len(out) > 100:
            chance.choice(ways)()
    return bytes(out)
