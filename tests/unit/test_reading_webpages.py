"""Web pages: the notice and its tables, whatever stands around them and however they are encoded."""

from __future__ import annotations

from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest

from yibenzhang.checking.check import facts_of
from yibenzhang.model.documents import Document, Table
from yibenzhang.reading import read

TABLE = (
    "<table><tr><td colspan=2>2026年部门收入预算总表</td></tr><tr><td colspan=2 align=right>单位：万元</td></tr>"
    "<tr><th>项目</th><th>预算数</th></tr><tr><td>一、财政拨款收入</td><td>1,230.50</td></tr>"
    "<tr><td>收入总计</td><td><p>1,230.50</p></td></tr></table>"
)
PROSE = "<p>云梦泽市青石区图书馆2026年部门预算</p><p>2026年收入预算1,230.50万元，全部为财政拨款收入。</p>"
MENU = "".join(f'<li><a href="/{k}">栏目{k}</a></li>' for k in range(9))


def page(body: str, folder: Path, head: str = "", encoding: str = "utf-8") -> Document:
    path = folder / "a.doc"  # a wrong name does not matter
    path.write_bytes(f"<html><head>{head}</head><body>{body}</body></html>".encode(encoding))
    return read(path)


def texts(document: Document) -> list[str]:
    return [p.text for p in document.paragraphs()]


def only(document: Document) -> Table:
    [found] = document.tables()
    return found


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", "utf-8"), ("utf-8", ""), ("utf-8-sig", ""), ("gb18030", "gb2312"), ("gbk", "GBK"), ("gb18030", ""),
     ("gb18030", "utf-8"), ("utf-8", "gb2312"), ("utf-16", "")],
)  # fmt: skip
def test_encodings(tmp_path: Path, encoding: str, declared: str) -> None:
    head = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    document = page(PROSE + TABLE, tmp_path, head, encoding)
    assert document.kind == "html"
    assert document.notices == ()
    assert texts(document)[0] == "云梦泽市青石区图书馆2026年部门预算"
    assert only(document).texts()[1] == ["一、财政拨款收入", "1,230.50"]


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(f"<html><body>{PROSE}".encode("gbk") + b"\xff\xff\xff</body></html>")
    [notice] = read(path).notices
    assert "无法解码" in notice.message


def test_menus_and_footers_are_left_out(tmp_path: Path) -> None:
    around = (
        f"<div><ul>{MENU}</ul></div>",
        "<div>版权所有：市人民政府　ICP备000号</div><script>var a='正文';</script>",
    )
    document = page(f"{around[0]}<div id=a>{PROSE}{TABLE}</div>{around[1]}", tmp_path)
    assert texts(document) == [
        "云梦泽市青石区图书馆2026年部门预算", "2026年收入预算1,230.50万元，全部为财政拨款收入。",
        "2026年部门收入预算总表", "单位：万元",
    ]  # fmt: skip
    [table] = facts_of(document)[1]
    assert table.table.standard is not None
    assert table.table.unit is not None
    place = next(f.place for f in table.facts() if f.amount)
    assert (str(place), place.key) == ("第1个表第4行第2列", "d:t1r4c2")


def test_tables_that_lay_out_the_page(tmp_path: Path) -> None:
    body = (
        f"<table width=100%><tr><td colspan=2><table><tr><td>市人民政府</td></tr></table></td></tr>"
        f"<tr><td><ul>{MENU}</ul></td><td><table><tr><td>{PROSE}{TABLE}</td></tr></table></td></tr></table>"
    )
    document = page(body, tmp_path)
    assert only(document).rows == 3
    assert "栏目1" not in "".join(texts(document))
    assert "云梦泽市青石区图书馆2026年部门预算" in texts(document)


def test_a_table_of_numbers_keeps_its_cells_beside_a_table_inside_it(tmp_path: Path) -> None:
    inner = "<table><tr><td>指标</td><td>值</td></tr><tr><td>数量</td><td>3</td></tr></table>"
    rows = "".join(f"<tr><td>项目{k}</td><td>{k}.50</td><td>{k}.00</td></tr>" for k in range(5))
    body = f"<table><tr><td>项目</td><td>预算数</td><td>决算数</td></tr>{rows}<tr><td>附{inner}</td><td>1</td><td>2</td></tr></table>"
    assert [t.rows for t in page(body, tmp_path).tables()] == [7, 2]


def test_spans(tmp_path: Path) -> None:
    body = (
        "<table><tr><td rowspan=2>科目</td><td colspan=2>支出</td></tr><tr><td>基本</td><td>项目</td></tr>"
        "<tr><td>合计</td><td>1.00</td><td>2.00</td></tr></table>"
    )
    found = {c.text: (c.row, c.column, c.row_span, c.column_span) for c in only(page(body, tmp_path)).cells}
    assert found["科目"] == (0, 0, 2, 1)
    assert found["支出"] == (0, 1, 1, 2)
    assert found["项目"] == (1, 2, 1, 1)


def test_a_heading_over_all_columns_stays_in_the_table(tmp_path: Path) -> None:
    body = "<table><tr><td colspan=2>“三公”经费</td></tr><tr><td>预算数</td><td>决算数</td></tr><tr><td>8.05</td><td>4.11</td></tr></table>"
    assert only(page(body, tmp_path)).rows == 3


def test_what_is_not_shown_is_not_read(tmp_path: Path) -> None:
    body = f'<p style="display:none">草稿。</p>{PROSE}<!-- 注释 --><p hidden>草稿。</p>'
    assert not any("草稿" in t or "注释" in t for t in texts(page(body, tmp_path)))


def test_line_breaks_part_paragraphs_and_spaces_do_not(tmp_path: Path) -> None:
    document = page(
        "<div>一、收入<b>情况</b>。<br>二、支出\n   情况。&nbsp;</div><div>三、其他。</div>", tmp_path
    )
    assert texts(document) == ["一、收入情况。", "二、支出 情况。", "三、其他。"]


def test_attachments_are_listed(tmp_path: Path) -> None:
    links = '<p>附件：<a href="/f/P020.xls?x=1">2026年部门预算表</a></p><p><a href="b.pdf">说明.pdf</a></p>'
    [notice] = page(PROSE + links, tmp_path).notices
    assert "2 个附件" in notice.message
    assert "2026年部门预算表、说明.pdf" in notice.message


def test_a_page_archived_with_its_parts(tmp_path: Path) -> None:
    mail = MIMEMultipart("related")
    mail.attach(MIMEText(f"<html><body>{PROSE}{TABLE}</body></html>", "html", "gb2312"))
    mail.attach(MIMEText("body{}", "css"))
    (tmp_path / "a.doc").write_bytes(mail.as_bytes())
    document = read(tmp_path / "a.doc")
    assert document.kind == "mhtml"
    assert only(document).texts()[1] == ["一、财政拨款收入", "1,230.50"]


def test_the_title_of_the_page_names_the_body(tmp_path: Path) -> None:
    head = "<title>云梦泽市青石区图书馆2026年部门预算_市人民政府</title>"
    prose = "<p>一、收入预算1,230.50万元，全部为财政拨款收入。</p>"
    document = page(f"<div>{MENU}</div><div id=a>{prose}{TABLE}</div>", tmp_path, head)
    profile = facts_of(document)[0]
    assert (profile.body, profile.fiscal_year) == ("云梦泽市青石区图书馆", 2026)


def test_a_long_text_keeps_its_table_beside_it(tmp_path: Path) -> None:
    long = "<div>" + "<p>收入预算情况说明。支出预算情况说明。</p>" * 40 + "</div>"
    assert only(page(f"<div>{long}<div>{TABLE}</div></div>", tmp_path)).rows == 3
