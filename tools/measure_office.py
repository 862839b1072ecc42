"""How long reading takes on one table of 100,000 cells as Word, Excel, old Excel and web page.

Run: python tools/measure_office.py [cells]. It needs the development packages.
"""

from __future__ import annotations

import io
import resource
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import xlwt
from openpyxl import Workbook

from yibenzhang.reading import read

COLUMNS = 10
TITLE = "2026年部门支出预算总表"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
CELL = (
    '<w:tc><w:tcPr><w:tcW w:w="1000" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:jc w:val="right"/></w:pPr>'
    '<w:r><w:rPr><w:sz w:val="18"/></w:rPr><w:t>{}</w:t></w:r></w:p></w:tc>'
)


def as_docx(rows: list[list[float]]) -> bytes:
    table = "".join(f"<w:tr>{''.join(CELL.format(f'{v:,.2f}') for v in row)}</w:tr>" for row in rows)
    body = f"<w:p><w:r><w:t>{TITLE}</w:t></w:r></w:p><w:tbl>{table}</w:tbl>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
    return out.getvalue()


def as_xlsx(rows: list[list[float]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("表")
    sheet.append([TITLE])
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_xls(rows: list[list[float]]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    style = xlwt.easyxf(num_format_str="#,##0.00")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            sheet.write(r, c, value, style)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_html(rows: list[list[float]]) -> bytes:
    table = "".join(f"<tr>{''.join(f'<td><p>{v:,.2f}</p></td>' for v in row)}</tr>" for row in rows)
    return f"<html><body><p>{TITLE}</p><table>{table}</table></body></html>".encode()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rows = [[(r * COLUMNS + c) / 100 for c in range(COLUMNS)] for r in range(count // COLUMNS)]
    for name, make in (("docx", as_docx), ("xlsx", as_xlsx), ("xls", as_xls), ("html", as_html)):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(make(rows))
            cpu, clock = time.process_time(), time.perf_counter()
            document = read(path)
            cpu, clock = time.process_time() - cpu, time.perf_counter() - clock
            cells = sum(t.rows * t.columns for t in document.tables())
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            size = path.stat().st_size // 1024
            print(
                f"{name:5} {size:6} KB  {cells:7} cells  {cpu:5.2f} s of one core  {clock:5.2f} s by the clock  peak so far {peak} MB"
            )


if __name__ == "__main__":
    main()
