"""The OFD reader: the same as the PDF it was made from, each way of setting text, and hostile files."""

from __future__ import annotations

import contextlib
import io
import time
import zipfile
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import EXAMPLES, checked, examples
from tests.ofds import NS, STYLES, XML, from_pdf, ofd, path, table, text, zipped
from yibenzhang.checking.check import Checked, check_document
from yibenzhang.model.documents import Document
from yibenzhang.reading import ReadingError, read_data
from yibenzhang.reading.ofd_values import deltas

pytestmark = pytest.mark.middle

ROWS = [["code", "name", "total"], ["201", "general", "1,234.50"], ["208", "social", "20.00"]]


def texts(data: bytes) -> list[str]:
    return [p.text for p in read_data("a.ofd", data).paragraphs()]


def told(checked: Checked) -> tuple[Any, ...]:
    facts = [
        (f.id, f.table, f.standard, f.row, f.measure, f.text, f.state, f.amount)
        for t in checked.tables
        for f in t.facts()
    ]
    findings = [(f.rule, f.severity, f.message, f.reported, f.expected) for f in checked.findings]
    passages = [p.text for p in checked.passages]
    return facts, findings, checked.profile, checked.coverage, passages, checked.not_checked


@pytest.mark.parametrize("name", sorted(p.name for p in EXAMPLES.glob("*.pdf")))
def test_an_ofd_gives_what_its_pdf_gives(name: str) -> None:
    data = (EXAMPLES / name).read_bytes()
    want = told(checked(name))
    rules = "thin" if "errors" in name else "stroke"
    document = read_data(name, from_pdf(data, rules=rules))
    assert document.kind == "ofd"
    assert want[0]
    assert told(check_document(document)) == want


@pytest.mark.parametrize("style", STYLES)
def test_every_way_of_setting_text_reads_alike(style: str) -> None:
    name = "shanghai-budget-missing-row.pdf"
    data = (EXAMPLES / name).read_bytes()
    assert told(check_document(read_data(name, from_pdf(data, style)))) == told(checked(name))


def test_deltas() -> None:
    assert deltas("1 2 3", 3) == [1, 2, 3]
    assert deltas("g 3 1.5 2", 4) == [1.5, 1.5, 1.5, 2]
    assert deltas("2 g 999999999 1", 4) == [2, 1, 1, 1]
    assert deltas("g 1e400 1", 3) == [1, 1, 1]
    assert deltas("2", 3) == [2, 2, 2]
    assert deltas("", 3) is None
    assert deltas(None, 3) is None
    assert deltas("g", 3) is None
    assert deltas("g -5 2 3", 2) == [3, 3]


def test_a_billion_repeats_cost_nothing() -> None:
    begun = time.process_time()
    data = ofd([text(20, 50, "甲乙丙丁", delta="g 999999999 4 " * 1000)])
    assert texts(data) == ["甲乙丙丁"]
    assert time.process_time() - begun < 5


def test_a_ruled_table() -> None:
    [found] = read_data("a", ofd([table(ROWS)])).tables()
    assert found.texts() == ROWS


@pytest.mark.parametrize(
    "frame",
    [
        # one path with all lines; rectangles; thin filled boxes; white lines are none
        "".join(f"M 20 {y} L 100 {y} " for y in (30, 38, 46)) + "".join(f"M {x} 30 L {x} 46 " for x in (20, 60, 100)),
        "M 20 30 L 60 30 L 60 38 L 20 38 C M 60 30 L 100 30 L 100 38 L 60 38 C "
        "M 20 38 L 60 38 L 60 46 L 20 46 C M 60 38 L 100 38 L 100 46 L 60 46 C",
    ],
)  # fmt: skip
def test_frames(frame: str) -> None:
    words = text(22, 35, "a1") + text(62, 35, "b1") + text(22, 43, "a2") + text(62, 43, "b2")
    [found] = read_data("a", ofd([path(frame) + words])).tables()
    assert found.texts() == [["a1", "b1"], ["a2", "b2"]]
    white = path(frame, inside='<ofd:StrokeColor Value="255 255 255"/>')
    assert not read_data("a", ofd([white + words])).tables()
    assert not read_data("a", ofd([path(frame, more='Stroke="false"') + words])).tables()


def test_colour_from_draw_parameters() -> None:
    res = '<ofd:DrawParams><ofd:DrawParam ID="5" Relative="6"/><ofd:DrawParam ID="6"><ofd:StrokeColor Value="#FF #FF #FF"/></ofd:DrawParam></ofd:DrawParams>'
    white = table(ROWS).replace("<ofd:PathObject", '<ofd:PathObject DrawParam="5"')
    assert not read_data("a", ofd([white], resources=res)).tables()


def test_a_path_is_moved_by_its_matrix() -> None:
    lines = "".join(f"M 0 {y} L 8 {y} " for y in (0, 0.8, 1.6)) + "".join(f"M {x} 0 L {x} 1.6 " for x in (0, 4, 8))  # fmt: skip
    scaled = path(lines, "20 30 80 16", 'CTM="10 0 0 10 0 0"')
    words = "".join(text(22 + 40 * c, 35 + 8 * r, f"{c}{r}") for c in range(2) for r in range(2))
    [found] = read_data("a", ofd([scaled + words])).tables()
    assert found.texts() == [["00", "10"], ["01", "11"]]


def test_vertical_text_and_text_without_offsets() -> None:
    down = text(20, 50, "甲乙", more='ReadDirection="90"', delta="").replace('DeltaX=""', "")
    assert texts(ofd([text(20, 50, "一般公共预算", delta="")])) == ["一般公共预算"]
    assert sorted(texts(ofd([down]))) == ["乙", "甲"]


def test_templates_and_composites_are_drawn() -> None:
    unit = (
        '<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="50" Width="99" Height="99"><ofd:Content>'
        + text(0, 10, "unit")
        + "</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>"
    )
    used = '<ofd:CompositeObject ID="9" ResourceID="50" Boundary="20 60 99 99"/>'
    data = ofd([text(20, 100, "page") + used], templates={"40": text(20, 20, "head")}, resources=unit)
    assert texts(data) == ["head", "unit", "page"]


def test_templates_and_composites_that_draw_themselves_end() -> None:
    itself = '<ofd:CompositeObject ID="9" ResourceID="50" Boundary="0 0 99 99"/>'
    unit = f'<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="50"><ofd:Content>{text(0, 10, "unit")}{itself * 30}</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>'
    begun = time.process_time()
    document = read_data("a", ofd([itself], templates={"40": '<ofd:Template TemplateID="40"/>' + itself}, resources=unit))  # fmt: skip
    assert any("图形对象超过" in n.message and n.unread for n in document.notices)
    assert time.process_time() - begun < 30


def test_hidden_layers_and_objects_are_not_published() -> None:
    hidden = f'<ofd:PageBlock ID="3" Visible="false">{text(20, 30, "draft")}</ofd:PageBlock>'
    assert texts(ofd([hidden + text(20, 40, "gone", more='Visible="false"') + text(20, 50, "kept")])) == [
        "kept"
    ]


def test_text_off_the_page_or_outside_its_boundary() -> None:
    cut = text(20, 80, "cut").replace('Boundary="20 76.5', 'Boundary="20 26.5').replace('Y="3.5"', 'Y="90"')
    assert texts(ofd([text(400, 30, "off") + cut + text(20, 50, "kept")])) == ["kept"]


def test_a_watermark_set_askew_is_not_text() -> None:
    askew = text(20, 100, "watermark", more='CTM="0.7 0.7 -0.7 0.7 0 0"')
    assert texts(ofd([askew + text(20, 50, "kept")])) == ["kept"]


def test_glyphs_without_characters_are_told() -> None:
    mapped = '<ofd:CGTransform CodePosition="0" CodeCount="6" GlyphCount="6"><ofd:Glyphs>1 2 3 4 5 6</ofd:Glyphs></ofd:CGTransform>'
    document = read_data("a", ofd([text(20, 50, "\u00a4" * 6, inside=mapped)]))
    assert any("字形无法识别" in n.message for n in document.notices)
    named = read_data("a", ofd([text(20, 50, "一般公共预算", inside=mapped)]))
    assert [p.text for p in named.paragraphs()] == ["一般公共预算"]
    assert not named.notices


def test_pages_of_images_say_so() -> None:
    image = '<ofd:ImageObject ID="4" ResourceID="3" Boundary="0 0 210 297"/>'
    document = read_data("a", ofd([image, text(20, 50, "x")]))
    assert [(n.unread, str(n.place)) for n in document.notices] == [(True, "第1页")]
    assert "没有文字" in read_data("a", ofd([image])).notices[0].message


def test_the_page_has_its_own_size_and_origin() -> None:
    page = read_data("a", ofd([text(20, 50, "x")], sizes=[(297, 210)])).pages[0]
    assert (page.width, page.height) == (841.9, 595.3)


def test_locations_from_the_root_and_the_current_version() -> None:
    page = f"{XML}<ofd:Page {NS}><ofd:Content><ofd:Layer>{{}}</ofd:Layer></ofd:Content></ofd:Page>"
    document = f'{XML}<ofd:Document {NS}><ofd:CommonData/><ofd:Pages><ofd:Page ID="1" BaseLoc="/Doc_0/{{}}.xml"/></ofd:Pages></ofd:Document>'
    files: dict[str, str | bytes] = {
        "OFD.xml": f'{XML}<ofd:OFD {NS}><ofd:DocBody><ofd:DocRoot>/Doc_0/Document.xml</ofd:DocRoot><ofd:Versions><ofd:Version ID="1" Index="1" Current="true" BaseLoc="/Doc_0/V1.xml"/></ofd:Versions></ofd:DocBody></ofd:OFD>',
        "Doc_0/V1.xml": f"{XML}<ofd:DocVersion {NS}><ofd:DocRoot>Doc_0/Document1.xml</ofd:DocRoot></ofd:DocVersion>",
        "Doc_0/Document.xml": document.format("old"),
        "Doc_0/Document1.xml": document.format("new"),
        "Doc_0/old.xml": page.format(text(20, 50, "old")),
        "Doc_0/new.xml": page.format(text(20, 50, "new")),
    }
    assert texts(zipped(files)) == ["new"]


def broken(name: str, data: str | bytes) -> bytes:
    good = ofd([text(20, 50, "x")])
    with zipfile.ZipFile(io.BytesIO(good)) as z:
        files: dict[str, str | bytes] = {n: z.read(n) for n in z.namelist()}
    files[name] = data
    return zipped(files)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (broken("OFD.xml", BOMB + "<OFD>&b;</OFD>"), "DOCTYPE"),
        (broken("OFD.xml", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><OFD/>'), "DOCTYPE"),
        (broken("OFD.xml", "<OFD"), "损坏"),
        (broken("OFD.xml", "<a>" * 1000 + "</a>" * 1000), "嵌套"),
        (broken("OFD.xml", "<OFD><DocBody><DocRoot>nowhere.xml</DocRoot></DocBody></OFD>"), "缺少部件"),
        (broken("OFD.xml", "<OFD><DocBody><DocRoot>../../etc/passwd</DocRoot></DocBody></OFD>"), "缺少部件"),
        (broken("Doc_0/Document.xml", "<Document><Pages/></Document>"), "没有任何页面"),
        (broken("Encryptions.xml", "<x/>"), "加密"),
        (ofd([text(20, 50, "x")])[:300], "损坏"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_gets_one_sentence(data: bytes, word: str) -> None:
    with pytest.raises(ReadingError) as caught:
        read_data("a", data)
    assert word in str(caught.value)
    assert str(caught.value).count("。") == 1


def test_one_broken_page_is_told_and_the_rest_is_read() -> None:
    document = read_data("a", broken("Doc_0/Pages/Page_0/Content.xml", BOMB + "<Page/>"))
    assert [n.unread for n in document.notices] == [True]


def test_a_million_tiny_lines() -> None:
    begun = time.process_time()
    many = path("".join(f"M {k % 200} {k % 290} L {k % 200 + 0.5} {k % 290} " for k in range(200_000)))
    one = "".join(path(f"M {k * k % 9973 / 50} {k * 7919 % 7901 / 50} L 2 1") for k in range(150_000))
    for content in (many, one):
        document = read_data("a", ofd([content + text(20, 50, "x")]))
        assert any("线条过多" in n.message or "图形对象超过" in n.message for n in document.notices)
    assert time.process_time() - begun < 60


def test_a_page_packed_a_thousandfold_is_refused() -> None:
    document = read_data("a", ofd([path("M 1 1 L 2 1") * 150_000]))
    assert ["压缩炸弹" in n.message and n.unread for n in document.notices] == [True]


@given(st.binary(max_size=400), st.sampled_from(["OFD.xml", "Doc_0/Document.xml", "Doc_0/Pages/Page_0/Content.xml", "Doc_0/DocumentRes.xml"]))  # fmt: skip
def test_parts_of_any_bytes_end_in_a_document_or_a_sentence(data: bytes, name: str) -> None:
    with contextlib.suppress(ReadingError):
        assert isinstance(read_data("a", broken(name, data)), Document)


WORDS = st.sampled_from(["nan", "inf", "-1e999", "1e308", "", "0", "-5", "g 99999999999999999999 1e300", "g g g", "x", "1 2", "1 0 0 1 0 0", "0 0 0 0 0 0", "0 0 1e6 1e6", "99999"])  # fmt: skip


@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS, WORDS, WORDS, WORDS), min_size=1, max_size=6))
def test_any_attributes_end_in_a_document(values: list[tuple[str, str, str, str, str]]) -> None:
    content = ""
    for a, b, c, d, e in values:
        content += f'<ofd:TextObject Boundary="{a}" CTM="{b}" Size="{c}" HScale="{d}" CharDirection="{e}" ReadDirection="{a}"><ofd:TextCode X="{c}" Y="{d}" DeltaX="{e}" DeltaY="{b}">预算表12.5</ofd:TextCode></ofd:TextObject>'
        content += f'<ofd:PathObject Boundary="{a}" CTM="{b}" Fill="true"><ofd:FillColor Value="{c}" Alpha="{d}"/><ofd:AbbreviatedData>M {a} L {b} B {c} Q {d} A {e} C L {e} {a}</ofd:AbbreviatedData></ofd:PathObject>'
    assert isinstance(read_data("a", ofd([content + table(ROWS)])), Document)


@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_damaged_files_end_in_a_document_or_a_sentence(data: st.DataObject) -> None:
    whole = bytearray(ofd([table(ROWS)]))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ReadingError):
        read_data("a", bytes(whole))
