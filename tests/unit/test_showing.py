"""What a page shows: views, pictures, cut-outs; on the shipped examples and on hostile bytes."""

from __future__ import annotations

import gc
import io
import json
import pickle
import zlib
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests import ofds, office
from tests.conftest import EXAMPLES, sample, undecidable
from tests.views import found_in, stored, view_of
from yibenzhang.batch.journal import Journal
from yibenzhang.checking.check import Checked, check_document, check_together
from yibenzhang.model.analysis import PASSING, SCHEMA, columns_of
from yibenzhang.model.documents import Paragraph
from yibenzhang.model.leaves import Block, FlowCell, Piece
from yibenzhang.model.relations import Outcome
from yibenzhang.paging import leaves as leaves_module
from yibenzhang.paging.building import analysis_to_show
from yibenzhang.paging.leaf_names import Names
from yibenzhang.paging.printed import boxes_in
from yibenzhang.reading import read, read_data
from yibenzhang.reading.limits import ReadingError
from yibenzhang.reports.found import Found, FoundFile
from yibenzhang.reports.json_report import report
from yibenzhang.showing import pictures
from yibenzhang.showing.kept import Kept
from yibenzhang.showing.pictures import cut_out, drawn, picture
from yibenzhang.showing.stored import StoredError, dumped, loaded
from yibenzhang.showing.view import View

PDFS = ("shanghai-accounts-two-errors.pdf", "jiangsu-three-errors.pdf", "hubei-goals-three-errors.pdf")
FLOWS = ("docx", "xlsx", "html", "csv", "txt")
OFFICE = "hubei-wrong-digit.txt"


def _data(name: str) -> bytes:
    if "." in name:
        return (EXAMPLES / name).read_bytes()
    if name == "txt":
        return (EXAMPLES / OFFICE).read_bytes()
    if name == "ofd":
        return ofds.from_pdf(_data("jiangsu-three-errors.pdf"))
    made = {"docx": office.as_docx, "xlsx": office.as_xlsx, "html": office.as_html, "csv": office.as_csv}
    return made[name](office.documents()[OFFICE])


@cache
def seen(name: str) -> tuple[Checked, View]:
    checked = check_document(read_data(name, _data(name)))
    return checked, view_of(checked, [name])


@pytest.mark.parametrize("name", [*PDFS, *FLOWS, "ofd"])
def test_an_analysis_survives_being_stored(name: str) -> None:
    checked, view = seen(name)
    made = analysis_to_show(checked, [name])
    again = loaded(dumped(made))
    stored = made.tables.keys() - PASSING
    assert {t: again.tables[t] for t in stored} == {t: made.tables[t] for t in stored}
    assert set(made.tables) == set(SCHEMA)
    assert dumped(again) == dumped(made)
    found = [FoundFile(name, Found(a)) for a in (made, again)]
    assert report(found[:1]) == report(found[1:]) == report([FoundFile(name, found_in(checked))])
    assert view.findings and view.proofs and view.leaves


@pytest.mark.parametrize("name", [*PDFS, *FLOWS, "ofd"])
def test_every_number_with_a_standing_has_one_mark_with_a_key_of_its_own(name: str) -> None:
    checked, view = seen(name)
    marks = [(leaf.number, m) for leaf in view.leaves for m in leaf.marks]
    keys = Counter(m.key for _, m in marks)
    assert set(keys.values()) == {1}
    assert set(keys) == set(view.numbers)
    known = {f.id: f for t in checked.tables for f in t.facts()} | {
        q.fact.id: q.fact for q in checked.quantities
    }
    assert len(view.numbers) >= len(checked.standing)
    printed = Counter((known[i].place.key, s.value) for i, s in checked.standing.items())
    marked = Counter((k.partition("@")[0], n.standing) for k, n in view.numbers.items())
    assert printed <= marked
    for number, mark in marks:
        told = view.numbers[mark.key]
        assert (told.leaf, told.text, told.standing) == (number, mark.text, mark.standing)


@pytest.mark.parametrize("name", [*PDFS, *FLOWS, "ofd"])
def test_findings_and_proofs_point_at_what_is_there(name: str) -> None:
    checked, view = seen(name)
    leaves = {leaf.number: leaf for leaf in view.leaves}
    assert list(leaves) == list(range(1, len(leaves) + 1))
    assert len({f.id for f in view.findings}) == len(view.findings) == len(checked.findings)
    for finding in view.findings:
        for spot in finding.spots:
            leaf = leaves[spot.leaf]
            if leaf.kind == "flow":
                held = {m.key for m in leaf.marks} | {b.key for b in leaf.blocks}
                held |= {c.key for b in leaf.blocks for row in b.rows for c in row}
                assert spot.box is None and spot.key in held
            else:
                assert spot.box is not None
                x0, top, x1, bottom = spot.box
                assert -1 <= x0 < x1 <= leaf.width + 1 and -1 <= top < bottom <= leaf.height + 1
    for n, proof in enumerate(view.proofs):
        assert all(n in view.numbers[k].proofs for k in proof.keys)
    for number in view.numbers.values():
        assert all(number.key in view.proofs[p].keys for p in number.proofs)
        if number.standing == "proved":
            assert any(view.proofs[p].outcome != Outcome.CONTRADICTED.value for p in number.proofs)


@pytest.mark.parametrize("name", PDFS)
def test_boxes_of_numbers_do_not_overlap(name: str) -> None:
    _, view = seen(name)
    for leaf in view.leaves:
        boxes = [m.box for m in leaf.marks if m.box]
        for k, (a0, a1, a2, a3) in enumerate(boxes):
            for b0, b1, b2, b3 in boxes[k + 1 :]:
                assert min(a2, b2) - max(a0, b0) < 2 or min(a3, b3) - max(a1, b1) < 3


@pytest.mark.parametrize("name", PDFS)
def test_ink_is_where_the_boxes_are(name: str) -> None:
    """Pictures and boxes agree: what is in a number's box is printed there by PDFium's own account."""
    _, view = seen(name)
    document = pdfium.PdfDocument(_data(name))
    checked = 0
    for leaf in view.leaves:
        textpage = document[leaf.page - 1].get_textpage()
        for mark in leaf.marks:
            assert mark.box is not None
            x0, top, x1, bottom = mark.box
            inside = textpage.get_text_bounded(
                x0 - 1, leaf.height - bottom - 2, x1 + 1, leaf.height - top + 2
            )
            assert mark.text.replace(",", "") in "".join(inside.split()).replace(",", "")
            checked += 1
    assert checked == len(view.numbers) > 50


def test_boxes_survive_the_journal(tmp_path: Path) -> None:
    """Where characters stand is no part of what makes documents equal: it is compared by itself."""
    checked, view = seen(PDFS[1])
    journal = Journal(tmp_path / "j")
    journal.put(journal.key(["a"]), checked)
    again = Journal(tmp_path / "j").get(journal.key(["a"]))
    assert view_of(again, [PDFS[1]]) == view


@pytest.mark.parametrize("name", ["jiangsu-three-errors.pdf", "txt"])
def test_every_table_leads_to_its_leaf_whatever_quotes_are_in_its_name(name: str) -> None:
    _, view = seen(name)
    quoted = [s for s in view.sections if "“三公”" in s.name and s.name.endswith("表")]
    assert quoted and all(s.leaf for s in view.sections if s.name.endswith("表"))
    for section in quoted:
        assert section.leaf in {n.leaf for n in view.numbers.values() if n.words.startswith(section.name)}


def test_the_arithmetic_of_what_holds_reads_well() -> None:
    _, view = seen("jiangsu-three-errors.pdf")
    held = [p.arithmetic for p in view.proofs if p.outcome == "held"]
    assert held and not any("相差" in line for line in held)
    assert any(" + " in line and " = " in line and "，印为 " in line for line in held)
    broken = [p.arithmetic for p in view.proofs if p.outcome == "contradicted"]
    assert broken and all("印为" in line for line in broken)


def test_flow_leaves_are_short_and_keep_the_reading_order() -> None:
    checked, view = seen("docx")
    for leaf in view.leaves:
        assert sum(max(1, len(b.rows)) for b in leaf.blocks) <= 90
    text = "".join(p.text for leaf in view.leaves for b in leaf.blocks for p in b.pieces)
    assert text == "".join(b.text for b in checked.document.paragraphs() if b.text.strip())


def test_a_long_table_goes_on_with_its_header_and_no_number_twice() -> None:
    rows = [["项目", "预算数"], *([f"项目{k}", f"{k}.00"] for k in range(1, 301)), ["合计", "45150.00"]]
    text = "某某局2026年部门预算\n\n收入总表\n单位：万元\n" + "\n".join("\t".join(r) for r in rows) + "\n"
    checked = check_document(read_data("长表.txt", text.encode()))
    view = view_of(checked, ["长表.txt"])
    tables = [b for leaf in view.leaves for b in leaf.blocks if b.kind == "table"]
    assert len(tables) >= 4
    body = [c for t in tables for row in t.rows for c in row if c.key]
    assert len({c.key for c in body}) == len(body) == 2 * len(rows)


def test_a_sum_of_very_many_parts_is_told_by_its_first_ones() -> None:
    rows = [["项目", "合计"], *([f"项目{k}", f"{k}.00"] for k in range(1, 301)), ["合计", "45150.00"]]
    text = "某某局2026年部门预算\n\n收入总表\n单位：万元\n" + "\n".join("\t".join(r) for r in rows) + "\n"
    view = view_of(check_document(read_data("长表.txt", text.encode())), ["长表.txt"])
    line = max((p.arithmetic for p in view.proofs), key=len)
    assert line.startswith("1.00 + 2.00 + ") and "（共 300 项） = 45,150.00，印为 45150.00" in line
    assert len(line) < 1300
    assert max(len(p.keys) for p in view.proofs) == 301


def test_a_merged_cell_goes_on_over_leaves() -> None:
    rows = "".join(f"<tr>{'<td rowspan=200>类</td>' if k == 0 else ''}<td>项目{k}</td><td>{k}.00</td></tr>"
                   for k in range(200))  # fmt: skip
    page = f"<html><body><p>某某局2026年部门预算</p><p>支出总表</p><table>{rows}</table></body></html>"
    view = view_of(check_document(read_data("表.html", page.encode())), ["表.html"])
    tables = [b for leaf in view.leaves for b in leaf.blocks if b.kind == "table"]
    assert len(tables) == 3
    merged = [c for t in tables for row in t.rows for c in row if c.row_span > 1]
    assert [c.row_span for c in merged] == [80, 80, 40]
    assert [bool(c.key) for c in merged] == [True, False, False]
    for table in tables:
        covered = [0] * len(table.rows)
        for k, row in enumerate(table.rows):
            for c in row:
                assert k + c.row_span <= len(table.rows)
                for r in range(k, k + c.row_span):
                    covered[r] += c.column_span
        assert set(covered) == {3}


def test_counts_a_relation_speaks_of_can_be_clicked() -> None:
    text = (
        "某某局2024年度部门决算\n\n第三部分 2024年度部门决算情况说明\n\n"
        "截至2024年12月31日，某某局共有车辆5辆，其中：机要通信用车2辆、执法执勤用车2辆、其他用车2辆。\n"
    )
    view = view_of(check_document(read_data("车.txt", text.encode())), ["车.txt"])
    found = next(f for f in view.findings if f.rule == "prose.vehicles")
    assert [s.text for s in found.spots] == ["5", "2", "2", "2"]
    assert len({s.key for s in found.spots}) == 4 and all(s.key in view.numbers for s in found.spots)
    pieces = [p for leaf in view.leaves for b in leaf.blocks for p in b.pieces if p.key]
    assert [p.text for p in pieces] == ["5", "2", "2", "2"]


def test_a_sheet_begins_a_leaf() -> None:
    checked, view = seen("xlsx")
    assert len(view.leaves) >= sum(1 for p in checked.document.pages if p.blocks)


def test_too_many_cells_are_cut_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    checked, whole = seen("csv")
    monkeypatch.setattr(leaves_module, "MAX_SHOWN_CELLS", 100)
    view = view_of(checked, ["表.csv"])
    assert len(view.leaves) < len(whole.leaves) and any("过长" in n.message for n in view.notices)
    assert len(view.numbers) == len(whole.numbers)


def test_files_of_one_disclosure_are_told_apart() -> None:
    paths = [EXAMPLES / "jiangsu-clean.pdf", EXAMPLES / "jiangsu-three-errors.pdf"]
    documents = [read(p) for p in paths]
    profile = check_document(documents[0]).profile
    checked = check_together(documents, ["正文.pdf", "表.pdf"], profile)
    view = view_of(checked, ["甲.pdf", "乙.pdf"])
    assert [f.name for f in view.files] == ["甲.pdf", "乙.pdf"]
    assert [f.sha256 for f in view.files] == [d.sha256 for d in documents]
    files = {leaf.number: leaf.file for leaf in view.leaves}
    assert {k.partition("#")[0] for k in view.numbers} == {"f0", "f1"}
    assert all(k.startswith(f"f{files[n.leaf]}#") for k, n in view.numbers.items())
    assert [leaf.page for leaf in view.leaves if leaf.file == 1][0] == 1


def test_unchecked_keys_are_stable_and_unique() -> None:
    text = "某某局2026年部门预算\n\n收入总表\n单位：万元\n项目\t预算数\n一般公共预算\t5.00\n合计\t5.00\n"
    checked = check_document(read_data("少表.txt", text.encode()))
    view = view_of(checked, ["少表.txt"])
    assert len(view.unchecked) == len(checked.not_checked) > 0
    assert len({u.key for u in view.unchecked}) == len(view.unchecked)
    assert view_of(checked, ["anders"]).unchecked == view.unchecked


def _pieces(good: bytes) -> tuple[list[Any], list[bytes]]:
    """The line at the head, and the pieces after it."""
    head, _, rest = good.partition(b"\n")
    told = json.loads(head)
    sizes = [n for _, lengths in told[2].values() for n in lengths]
    starts = [sum(sizes[:k]) for k in range(len(sizes) + 1)]
    return told, [rest[a:b] for a, b in pairwise(starts)]


def _again(told: list[Any], pieces: list[bytes]) -> bytes:
    """The same with these pieces."""
    left, tables = iter(pieces), {}
    for name, (columns, lengths) in told[2].items():
        tables[name] = [columns, [len(next(left, b"")) for _ in lengths]]
    return json.dumps([*told[:2], tables], separators=(",", ":")).encode() + b"\n" + b"".join(pieces)


def _read(data: bytes) -> tuple[View, Any]:
    kept = Kept(data)
    return kept.whole(), [kept.analysis.tables[t] for t in kept.analysis.tables]


@pytest.mark.middle
def test_stored_bytes_of_another_version_or_broken_are_refused() -> None:
    good = stored(seen("csv")[0], ["csv"])
    told, pieces = _pieces(good)
    assert _again(told, pieces) == good
    nested, empty, short = zlib.compress(b"[" * 100_000), zlib.compress(b"{}"), zlib.compress(b"[]")
    bad_ones = [b"", b"x", b"\n", good[:-9], good + b"x", pickle.dumps(told)]
    for version in (99, "yibenzhang/analysis/99", None, "yibenzhang/analysis/3"):
        bad_ones.append(_again([version, *told[1:]], pieces))
    bad_ones += [b"[2,[-1]]\n", b"[2]\n", b"{}\n", b"[]\n"]
    for tables in (
        b"{}",
        b"[]",
        b'{"leaves":[["number"],[1e999]]}',
        b'{"leaves":[["number"],[-1]]}',
        b'{"leaves":1}',
    ):
        bad_ones.append(b'["yibenzhang/analysis/4","",' + tables + b"]\n")
    bad_ones += [_again(told, []), _again(told, pieces[:-1])]
    for k, piece in enumerate(pieces):
        ways = (b"", piece[:-5], nested, empty, short)
        for other in sample(ways[k % 5 :] + ways[: k % 5], 5):
            if other != piece and zlib.decompress(piece) != b"[]":
                bad_ones.append(_again(told, [*pieces[:k], other, *pieces[k + 1 :]]))
    for bad in bad_ones:
        with pytest.raises(StoredError):
            _read(bad)


def test_columns_of_an_older_or_a_newer_writer_are_no_damage() -> None:
    """What an older one did not know is empty, what a newer one wrote besides is passed over."""
    checked, view = seen("csv")
    told, pieces = _pieces(stored(checked, ["csv"]))
    left, tables = iter(pieces), {}
    kept: list[bytes] = []
    for name, (columns, lengths) in told[2].items():
        mine = dict(zip(range(len(lengths)), left, strict=False))
        if name == "sum_keys":
            continue
        if name == "issues":
            gone = columns.index("surer")
            del mine[gone], columns[gone]
            columns.append("of a later day")
            mine[99] = zlib.compress(b"[1]")
        tables[name] = [columns, [len(p) for p in mine.values()]]
        kept += mine.values()
    tables["later"] = [["x"], [len(zlib.compress(b"[]"))]]
    kept.append(zlib.compress(b"[]"))
    found, _ = _read(_again([*told[:2], tables], kept))
    assert [f.message for f in found.findings] == [f.message for f in view.findings]
    assert found.numbers == view.numbers and found.leaves == view.leaves
    assert all(s.keys == () for f in found.findings for s in f.broken)


@pytest.mark.parametrize("name", [PDFS[0], *FLOWS[:2]])
def test_pieces_are_what_the_whole_is(name: str) -> None:
    checked, view = seen(name)
    kept = Kept(stored(checked, [name]))
    outline = kept.outline
    assert [kept.leaf(x.number) for x in outline.leaves] == list(view.leaves)
    assert all(not x.marks and not x.texts and not x.blocks for x in outline.leaves)
    assert (outline.findings, outline.unchecked, outline.files) == (view.findings, view.unchecked, view.files)
    numbers = kept.numbers()
    assert {k: numbers.get(k) for k in view.numbers} == view.numbers and numbers.get("nothing") is None
    assert tuple(numbers.proof(k) for k in range(len(view.proofs))) == view.proofs == numbers.proofs()


def test_a_damaged_leaf_spoils_itself_alone() -> None:
    checked, view = seen(PDFS[0])
    told, pieces = _pieces(stored(checked, [PDFS[0]]))
    at = 0
    for name, (_, lengths) in told[2].items():
        if name == "marks":
            at += len(lengths) - 1
            break
        at += len(lengths)
    kept = Kept(_again(told, [*pieces[:at], pieces[at][:-5] + b"xxxxx", *pieces[at + 1 :]]))
    assert kept.leaf(1) == view.leaves[0]
    with pytest.raises(StoredError):
        kept.leaf(len(view.leaves))


def test_loading_leaves_the_collector_as_it_was() -> None:
    good = stored(seen("csv")[0], ["csv"])
    assert gc.isenabled()
    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(_read, [good] * 12))) == 12
    with pytest.raises(StoredError):
        loaded(good[:50])
    assert gc.isenabled()
    gc.disable()
    try:
        _read(good)
        assert not gc.isenabled()
    finally:
        gc.enable()


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_no_analysis(data: bytes) -> None:
    for bad in (data, zlib.compress(data)):
        with pytest.raises(StoredError):
            loaded(bad)


def _size(png: bytes) -> tuple[int, int]:
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    return image.size


def test_a_document_that_stays_open_is_drawn_as_one_opened_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {name: (_data(name), seen(name)[1]) for name in PDFS}
    drawer, read = pictures.Drawer(), Counter[str]()

    def draw(name: str, number: int) -> bytes:
        data, view = files[name]

        def reading() -> bytes:
            read[name] += 1
            return data

        leaf = view.leaves[number]
        made = drawer.picture(reading, name, "pdf", leaf, 300)
        assert made == picture(data, "pdf", leaf, 300)
        return made

    for number in (0, 1, 0):
        for name in PDFS:
            draw(name, number)
    assert set(read.values()) == {1}
    with pytest.raises(ReadingError):
        drawer.picture(lambda: b"%PDF-", "broken", "pdf", files[PDFS[0]][1].leaves[0], 300)
    drawer = pictures.Drawer()
    monkeypatch.setattr(pictures, "MOST_OPEN_BYTES", 1)  # each alone
    for name in (*PDFS, *PDFS):
        draw(name, 0)
    assert len(drawer._open) == 1 and read[PDFS[0]] == 3


def test_a_picture_is_as_wide_as_asked() -> None:
    name = PDFS[1]
    _, view = seen(name)
    leaf = view.leaves[0]
    for width in (300, 1400):
        assert _size(picture(_data(name), "pdf", leaf, width)) == (
            width,
            round(width * leaf.height / leaf.width),
        )
    assert _size(picture(_data(name), "pdf", leaf, 10**9))[0] <= pictures.MOST_WIDTH


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_pages_are_drawn_upright(turn: int) -> None:
    """A page shown turned is read as it would be upright; its picture is the same then."""
    name = PDFS[1]
    source = pdfium.PdfDocument(_data(name))
    for k in range(len(source)):
        source[k].set_rotation(turn)
    out = io.BytesIO()
    source.save(out)
    checked = check_document(read_data("turned.pdf", out.getvalue()))
    view = view_of(checked, ["turned.pdf"])
    _, straight = seen(name)
    number = next(leaf.number for leaf in straight.leaves if len(leaf.marks) > 10)
    a, b = straight.leaves[number - 1], view.leaves[number - 1]
    assert b.turn == 360 - turn and (a.width, a.height) == (b.width, b.height)
    assert picture(out.getvalue(), "pdf", b, 400) == picture(_data(name), "pdf", a, 400)


def test_pages_whose_text_runs_sideways_are_drawn_upright() -> None:
    name = PDFS[1]
    source, made = pdfium.PdfDocument(_data(name)), pdfium.PdfDocument.new()
    _, straight = seen(name)
    number = next(leaf.page for leaf in straight.leaves if len(leaf.marks) > 10)
    width, height = source[number - 1].get_size()
    turns = ((90, 0), (270, 0), (90, 90), (180, 0))
    for angle, shown in turns:
        upright = source.page_as_xobject(number - 1, made).as_pageobject()
        matrix = pdfium.PdfMatrix().rotate(angle)
        move = {90: (0, width), 270: (height, 0), 180: (width, height)}[angle]
        upright.set_matrix(matrix.translate(*move))
        size = (width, height) if angle == 180 else (height, width)
        page = made.new_page(*size)
        page.insert_obj(upright)
        page.gen_content()
        page.set_rotation(shown)
    out = io.BytesIO()
    made.save(out)
    view = view_of(check_document(read_data("quer.pdf", out.getvalue())), ["quer.pdf"])
    wanted = _gray(picture(_data(name), "pdf", straight.leaves[number - 1], 300))
    for leaf in view.leaves:
        got = _gray(picture(out.getvalue(), "pdf", leaf, 300))
        assert got.size == wanted.size
        far = sum(abs(a - b) > 100 for a, b in zip(got.tobytes(), wanted.tobytes(), strict=True))
        assert far < 0.01 * got.width * got.height
        assert len(leaf.marks) > 10


def _gray(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("L")


@pytest.mark.long
def test_images_are_drawn_as_they_were_read() -> None:
    """Two frames of a TIFF, one turned by a quarter and askew: numbers stand in their boxes."""
    pytest.importorskip("rapidocr")
    from tests.scanning import Wear, images, packed

    path = EXAMPLES / PDFS[1]
    _, native = seen(PDFS[1])
    number = next(leaf.page for leaf in native.leaves if len(leaf.marks) > 10)
    shown = [images(path, [number], 150, Wear(skew=s, turn=t))[0] for s, t in ((0, 0), (1.5, 90))]
    data = packed(shown, "TIFF", 150)
    view = view_of(check_document(read_data("scan.tiff", data)), ["scan.tiff"])
    assert [leaf.page for leaf in view.leaves] == [1, 2] and all(leaf.scanned for leaf in view.leaves)
    assert view.leaves[1].turn == 90 and abs(view.leaves[1].skew - 1.5) < 0.2
    first = _gray(picture(data, "image", view.leaves[0], 600))
    second = _gray(picture(data, "image", view.leaves[1], 600))
    for leaf, image in zip(view.leaves, (first, second), strict=True):
        scale = image.width / leaf.width
        assert len(leaf.marks) > 10
        for mark in leaf.marks:
            assert mark.box is not None
            inner = image.crop(tuple(round(v * scale) for v in mark.box))  # type: ignore[arg-type]
            assert min(inner.tobytes()) < 150, mark


def test_cut_outs_have_a_red_frame_and_some_rows() -> None:
    name = PDFS[1]
    _, view = seen(name)
    leaf = next(x for x in view.leaves if len(x.marks) > 10)
    png = picture(_data(name), "pdf", leaf, 1000)
    box = leaf.marks[5].box
    assert box is not None
    cut = cut_out(png, leaf, [box])
    assert cut is not None
    image = Image.open(io.BytesIO(cut)).convert("RGB")
    assert image.height < 0.4 * 1000 * leaf.height / leaf.width
    red = sum(
        1 for r, g, b in zip(*[iter(image.tobytes())] * 3, strict=True) if r > 180 and g < 90 and b < 90
    )
    assert red > 100
    apart = cut_out(png, leaf, [(50, 60, 90, 70), (50, leaf.height - 90, 90, leaf.height - 80)])
    assert apart is not None and _size(apart)[1] < 0.6 * 1000 * leaf.height / leaf.width


def test_nothing_is_cut_out_of_flowing_text() -> None:
    _, view = seen("docx")
    assert cut_out(None, view.leaves[0], [(0, 0, 10, 10)]) is None
    _, pdf = seen(PDFS[1])
    png = picture(_data(PDFS[1]), "pdf", pdf.leaves[0], 300)
    assert cut_out(png, pdf.leaves[0], []) is None
    with pytest.raises(ReadingError):
        cut_out(b"no picture", pdf.leaves[0], [(0, 0, 10, 10)])


def test_pictures_of_what_has_none_or_is_broken_say_so() -> None:
    _, flow = seen("docx")
    _, view = seen(PDFS[1])
    data, leaf = _data(PDFS[1]), view.leaves[0]
    cases = [
        (_data("docx"), "docx", flow.leaves[0]),
        (data[:300], "pdf", leaf),
        (b"%PDF-1.7\n" + b"\x00" * 100, "pdf", leaf),
        (data, "pdf", replace(leaf, page=9999)),
        (b"\x89PNG" + b"\x00" * 50, "image", leaf),
        (b"", "image", leaf),
        (data, "pdf", replace(leaf, width=1.0, height=1e12)),
    ]
    for bad, kind, on in cases:
        with pytest.raises(ReadingError) as told:
            picture(bad, kind, on, 400)
        assert str(told.value).endswith("。")


def test_a_page_that_takes_too_long_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PICTURE_SECONDS", -1)
    _, view = seen(PDFS[1])
    leaf = next(x for x in view.leaves if len(x.marks) > 10)
    with pytest.raises(ReadingError, match="过于复杂"):
        picture(_data(PDFS[1]), "pdf", leaf, 1400)


def test_a_huge_image_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    Image.new("L", (2000, 2000)).save(out, "PNG")
    monkeypatch.setattr(pictures, "MAX_SCAN_PIXELS", 1_000_000)
    leaf = replace(seen(PDFS[1])[1].leaves[0], width=500, height=500)
    with pytest.raises(ReadingError, match="太大"):
        picture(out.getvalue(), "image", leaf, 400)


def test_pictures_are_made_in_worker_processes() -> None:
    _, view = seen(PDFS[1])
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        png = pool.submit(picture, _data(PDFS[1]), "pdf", view.leaves[0], 300).result()
    assert png == picture(_data(PDFS[1]), "pdf", view.leaves[0], 300)


def test_ofd_leaves_are_drawn_from_what_was_read() -> None:
    _, view = seen("ofd")
    for leaf in view.leaves:
        root = ElementTree.fromstring(drawn(leaf))
        said = "".join("".join(t.itertext()) for t in root.iter("{http://www.w3.org/2000/svg}text"))
        assert all("".join(m.text.split()) in "".join(said.split()) for m in leaf.marks)
        assert len(list(root.iter("{http://www.w3.org/2000/svg}rect"))) == leaf.cells


def test_hostile_words_cannot_leave_the_drawing() -> None:
    leaf = replace(
        seen("ofd")[1].leaves[0],
        texts=(((0, 0, 9, 9), '<script>alert(1)</script>\x00\x0b"\ud800&'), ((5, 5, 1, 1), "</svg>")),
        cells=1,
    )
    root = ElementTree.fromstring(drawn(leaf))
    assert {e.tag.rpartition("}")[2] for e in root.iter()} == {"svg", "g", "rect", "text"}


def test_corpus_numbers_all_have_marks(corpus: Path) -> None:
    for path in sorted(
        [*corpus.glob("shanghai/*.pdf"), *corpus.glob("hubei/*.txt"), *corpus.glob("jiangsu/*.pdf")]
    ):
        checked = check_document(read(path))
        view = view_of(checked, [path.name])
        marks = [m.key for leaf in view.leaves for m in leaf.marks]
        assert sorted(marks) == sorted(view.numbers) and len(marks) >= 0.99 * len(checked.standing), path.name
        for finding, spot in [(f, s) for f in view.findings for s in f.spots]:
            assert 1 <= spot.leaf <= len(view.leaves), (path.name, finding.rule, spot)


def test_flow_leaves_have_names_that_find_them() -> None:
    """The first leaf is the cover, not the tables at its end; long ranges by their ends; what goes on is said so."""
    view = view_of(check_document(read(EXAMPLES / "hubei-clean.txt")), ["hubei-clean.txt"])
    names = [leaf.title for leaf in view.leaves]
    assert names[0].startswith("封面 至 ") and all(names) and len(set(names)) == len(names)
    assert all("、".join(names).count(n) == 1 for n in names[1:])
    paragraph = Block("paragraph", "k", (Piece("续前文的一段。"),))
    heading = Block("heading", "k", (Piece("四、名词解释"),))
    listed = [Block("heading", "k", (Piece(t),)) for t in ("目录", "一、概况", "四、名词解释", "一、概况")]
    found = Names()
    found.sheet("")
    cover = Block("paragraph", "k", (Piece("某某局2026年部门预算"),))
    assert found.of([cover, *listed], {}) == "封面 至 一、概况"  # the contents name the end of the file first
    table = Block("table", "k", (), ((FlowCell("c", (Piece("1"),)),),))
    assert found.of([table, heading], {"c": "收支总表"}) == "收支总表、四、名词解释"
    assert found.of([paragraph], {}) == "四、名词解释（续）"
    found.sheet("Sheet1")
    assert found.of([table], {"c": "收支总表"}) == "Sheet1 收支总表"
    found.sheet("部门收支总表")
    assert [found.of([table], {"c": "收支总表"}) for _ in range(2)] == ["部门收支总表", "部门收支总表（2）"]
    short = Names()
    short.sheet("")
    assert short.of([cover], {}) == "某某局2026年部门预算"
    assert short.of([table], {}) == ""


def test_what_may_be_wrong_is_not_called_proved(tmp_path: Path) -> None:
    """A total differs from its list: nobody knows which number is wrong, but for those that other tables bear out."""
    (tmp_path / "a.txt").write_bytes(undecidable())
    checked = check_document(read(tmp_path / "a.txt"))
    [doubtful] = [f for f in checked.findings if not f.certain]
    [broken] = doubtful.broken
    total, *others = broken.numbers
    assert checked.standing[total.fact].value == "contradicted"
    held = {f.id for r in checked.results if r.outcome != Outcome.CONTRADICTED for f in r.relation.facts()}
    parts = {p.fact for p in others if p.fact in checked.standing}
    assert parts
    assert all(checked.standing[i].value != "proved" for i in parts - held)
    view = view_of(checked, ["a.pdf"])
    red = [n for n in view.numbers.values() if n.standing == "contradicted"]
    assert len(red) == view.contradicted == checked.coverage.contradicted
    marks = [m for leaf in view.leaves for m in leaf.marks if m.standing == "contradicted"]
    assert {m.key for m in marks} == {n.key for n in red}
    [document] = report([FoundFile("a.pdf", found_in(checked))])["documents"]
    assert document["coverage"]["contradicted"] == len(red)
    assert sum(s["contradicted"] for s in document["coverage"]["sections"]) == len(red)


def test_what_a_sure_culprit_explains_stays_proved() -> None:
    checked = check_document(read(EXAMPLES / "hubei-wrong-digit.txt"))
    [finding] = checked.findings
    assert (
        finding.certain and checked.coverage.contradicted == 2
    )  # and a zero that only the broken sum speaks of
    zeros = {f.id for t in checked.tables for f in t.facts() if f.amount and not f.amount.value}
    others = {p.fact for b in finding.broken for p in b.numbers} - {finding.suspects[0].evidence.fact}
    assert others and {
        checked.standing[i].value for i in others if checked.standing.get(i) and i not in zeros
    } == {"proved"}


def test_words_that_run_over_lines_are_marked_on_each() -> None:
    """A phrase of the text of a printed page, as a finding's place: one box a line, each where its part stands."""
    _, view = seen("hubei-goals-three-errors.pdf")
    spots = [s for f in view.findings for s in f.spots]
    assert all(s.more == () for s in spots if s.key in view.numbers)  # a number stands on one line
    read_too = [b for name in PDFS for b in seen(name)[0].document.blocks()]
    paragraph = next(b for b in read_too if isinstance(b, Paragraph) and len(b.lines) > 1)
    start = paragraph.lines[1].start
    boxes = boxes_in(paragraph, start - 3, start + 3)
    assert len(boxes) == 2
    (_, top, right, bottom), (left, below, _, _) = boxes
    assert below > top and bottom <= below + 4 and left < right
    assert boxes_in(replace(paragraph, lines=()), 0, 3) == ()
    row = (0, "spot", 0, "p", 1, boxes[0], "", "", tuple(boxes[1:]))
    made = analysis_to_show(seen(PDFS[1])[0], [PDFS[1]])
    marked = made.along({"spots": lambda: columns_of("spots", made.document, [row])})
    again = loaded(dumped(marked)).tables["spots"]
    assert again == marked.tables["spots"] and again[-1] == (tuple(boxes[1:]),)
