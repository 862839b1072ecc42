"""Hostile text, separated values and web pages: one word a hundred thousand times, millions of lines, tags and spans."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import yibenzhang
from bench.hostile.inputs import Input, damaged

_HEAD = "一、收入支出预算总体情况说明\n"


def words() -> list[str]:
    """Words and marks that the grammars know."""
    found: set[str] = set()
    for path in (Path(yibenzhang.__file__).parent / "standards").rglob("*.toml"):
        if not {"cases", "drafts"} & set(path.parts):
            text = path.read_text(encoding="utf-8")
            tomllib.loads(text)
            found.update(w for w in re.findall(r"[\u4e00-\u9fff]+|[%()、,;:《》“”]", text) if len(w) <= 8)
    return sorted(found)


def texts(examples: Path, seed: int) -> Iterator[Input]:
    """About seventy."""
    rng = random.Random(seed)
    known = words()
    for k, word in enumerate(["和", "的", "10万元、", "(款)", "其中:", "增长", *rng.sample(known, 24)]):
        text = _HEAD + (word * 40_000)[:37_000]
        yield Input(f"word-{k:02}.txt", lambda t=text: t.encode())  # type: ignore[misc]
    for k in range(8):
        some = rng.sample(known, 12)
        mixed = "".join(rng.choice(some) + rng.choice(("", "10.5万元", "20%", "、")) for _ in range(20_000))
        yield Input(f"mixed-{k}.txt", lambda t=_HEAD + mixed: t.encode())  # type: ignore[misc]
    for name, make in _lines().items():
        yield Input(f"{name}.txt", make)
    for source in sorted(examples.glob("*.txt"))[:4]:
        for k in range(3):
            yield Input(
                f"damaged-{source.stem}-{k}.txt",
                lambda s=source, k=k: damaged(s.read_bytes(), seed + k),  # type: ignore[misc]
            )


def _lines() -> dict[str, Callable[[], bytes]]:
    def rows(count: int, columns: int = 3) -> bytes:
        head = "收入支出决算总表\n单位：万元\n项目" + "".join(f"\t栏{c}" for c in range(columns)) + "\n"
        return (head + "".join(f"项目{k}" + f"\t{k}.10" * columns + "\n" for k in range(count))).encode()

    return {
        "rows-20000": lambda: rows(20_000),
        "rows-60000": lambda: rows(60_000),
        "columns-2000": lambda: rows(50, 2000),
        "columns-100000": lambda: rows(2, 100_000),
        "lines-2000000": lambda: b"1\n" * 2_000_000,
        "lines-words": lambda: (_HEAD + "本单位支出10.5万元，比上年增加1.5万元。\n" * 60_000).encode(),
        "lines-headings": lambda: "".join(f"（{k}）支出\n" for k in range(100_000)).encode(),
        "tables-9000": lambda: ("表\n单位：万元\n项目\t数\n甲\t1\n合计\t1\n\n说明文字。\n\n" * 9000).encode(),
        "empty-lines": lambda: b"\n" * 5_000_000 + b"a",
        "one-line": lambda: b"1" * 20_000_000,
        "one-line-tabs": lambda: b"\t1" * 5_000_000,
        "digits": lambda: (
            _HEAD + "支出" + "9" * 5000 + "万元，" + "1e999999999元，1.2.3万元。\n" * 500
        ).encode(),
        "astral": lambda: (_HEAD + "𠮷" * 200_000).encode(),
        "marks": lambda: (_HEAD + "\u0301" * 200_000 + "\u202e\u200b" * 50_000).encode(),
        "controls": lambda: (_HEAD + "支出\x1b[31m10万元\x07，" * 5000).encode(),
        "halves": lambda: b"\xff\xfe" + b"\x00\xd8" * 100_000,
        "carriage": lambda: (_HEAD + "支出10万元\r" * 100_000).encode(),
        "brackets": lambda: (_HEAD + "（" * 60_000 + "）" * 60_000).encode(),
        "quotes": lambda: (_HEAD + "“" * 100_000).encode(),
        "contents": lambda: ("目录\n" + "".join(f"第{k}部分 支出…………{k}\n" for k in range(50_000))).encode(),
    }


def separated() -> Iterator[Input]:
    """About twenty-five."""
    made = {
        "rows-60000": lambda: b"a,b,c\n" + b"x,1.50,2.50\n" * 60_000,
        "rows-500000": lambda: b"a,b,c\n" + b"x,1.50,2.50\n" * 500_000,
        "columns-100000": lambda: (b"1," * 100_000 + b"\n") * 3,
        "columns-2000": lambda: (b"1," * 2000 + b"\n") * 90,
        "open-quote": lambda: b"a,b,c\nx,1,2\n" * 50 + b'"x,1,2\n' + b"x,1,2\n" * 50_000,
        "open-quotes": lambda: b"a,b,c\n" + b'"x,1,2\n' * 100_000,
        "quotes": lambda: b"a,b,c\n" + b'"' * 2_000_000,
        "wide-cell": lambda: b"a,b,c\n" + b"x," + b"9" * 20_000_000 + b",1\n" * 2,
        "long-cells": lambda: b"a,b,c\n" + (b"x," + "支出和".encode() * 1500 + b",1\n") * 200,
        "commas": lambda: b"," * 20_000_000,
        "bars": lambda: b"|1" * 4_000_000,
        "semicolons": lambda: b"a;b;c\n" + b"1;2;3\n" * 200_000,
        "nothing": lambda: b"a,b,c\n" + b",,\n" * 1_000_000,
        "thousands": lambda: b"a,b,c\n" + b"x,1,234,567.00,2\n" * 40_000,
        "formulas": lambda: b"a,b,c\n" + b'="1",="2",=HYPERLINK("x")\n' * 40_000,
        "digits": lambda: b"a,b,c\n" + (b"x," + b"9" * 5000 + b",1e999999999\n") * 100,
        "nul": lambda: b"a,b,c\n" + b"x,\x001,2\n" * 5000,
        "wide-letters": lambda: ("a,b,c\n" + "x,1,2\n" * 100_000).encode("utf-16"),
        "codes": lambda: (
            "科目编码,科目名称,合计\n".encode()
            + b"".join(b"%d,x,%d.00\n" % (2_010_101 + k % 200, k) for k in range(30_000))
        ),
        "same-code": lambda: (
            "科目编码,科目名称,合计\n".encode() + "2010101,行政运行,1.00\n".encode() * 30_000
        ),
        "totals": lambda: (
            "项目,合计,小计\n".encode() + "合计,1.00,1.00\n小计,1.00,1.00\n其中：,1,1\n".encode() * 10_000
        ),
    }
    for name, make in made.items():
        yield Input(f"{name}.csv", make)


def webpages(seed: int) -> Iterator[Input]:
    """About forty."""
    cell = "<td>1.00</td>"
    made = {
        "tags-1000000": lambda: "<p>1</p>" * 500_000,
        "tags-3000000": lambda: "<b>" * 3_000_000,
        "nested": lambda: "<div>" * 100_000 + "支出",
        "nested-tables": lambda: "<table><tr><td>1" * 5000,
        "nested-lists": lambda: "<ul><li>支出" * 50_000,
        "cells-150000": lambda: f"<table>{f'<tr>{cell * 10}</tr>' * 15_000}</table>",
        "cells-1000000": lambda: f"<table>{f'<tr>{cell * 100}</tr>' * 10_000}</table>",
        "spans": lambda: f"<table>{'<tr><td rowspan=65534 colspan=1000>1</td></tr>' * 3000}</table>",
        "spans-low": lambda: f"<table>{'<tr><td rowspan=3 colspan=3>1</td></tr>' * 30_000}</table>",
        "attribute": lambda: f"<p title='{'x' * 20_000_000}'>支出</p>",
        "attributes": lambda: "<p " + " ".join(f"a{k}=1" for k in range(300_000)) + ">支出</p>",
        "entities": lambda: "<p>" + "&amp;&#20013;&notathing;" * 500_000,
        "comment": lambda: "<!--" + "x" * 20_000_000,
        "comments": lambda: "<p>支出</p><!-- -->" * 200_000,
        "script": lambda: "<script>" + "while(1){}" * 1_000_000,
        "styles": lambda: (
            "<style>"
            + "".join(f".c{k} p:nth-child({k}) b{{display:none}}" for k in range(20_000))
            + "</style>"
            + "<p class=c1>支<b>出</b></p>" * 20_000
        ),
        "styles-open": lambda: "<style>" + "@media @import a " * 300_000 + "</style>支出",
        "styles-words": lambda: "<style>" + "color:red;" * 1_000_000 + "</style>支出",
        "selectors": lambda: (
            "<style>" + "div " * 5000 + "{color:white}" + "</style>" + "<div>" * 200 + "支出"
        ),
        "inline-styles": lambda: "<p style='" + "color:red;" * 20_000 + "'>支出</p>" * 50,
        "picture": lambda: "<img src='data:image/png;base64," + "A" * 20_000_000 + "'>",
        "pictures": lambda: "<img src=x width=900 height=900>" * 100_000,
        "forms": lambda: "<form><input value='1,234.56'>" * 50_000,
        "selects": lambda: "<select>" + "<option>支出10万元" * 100_000,
        "words": lambda: "<p>" + "和" * 400_000,
        "boxes": lambda: "".join(
            f"<div style='position:absolute;left:{k % 90 * 9}px;top:{k // 90 * 9}px'>{k}</div>"
            for k in range(40_000)
        ),
        "frames": lambda: "<iframe src='file:///etc/passwd'></iframe>" * 50_000,
        "templates": lambda: "<template><svg><math>" * 20_000 + "支出",
        "pre": lambda: "<pre>" + "支出\t1.00\n" * 100_000,
        "links": lambda: "<a href='file:///etc/passwd'>支出</a>" * 100_000,
        "base": lambda: "<base href='http://127.0.0.1:1/'><link rel=stylesheet href=x>" * 1000 + "支出",
        "breaks": lambda: "支出10万元<br>" * 200_000,
    }
    for name, make in made.items():
        yield Input(f"{name}.html", lambda m=make: f"<html><body>{m()}".encode())  # type: ignore[misc]
    whole = "<html><body><h1>说明</h1><p>支出10万元。</p><table>" + "<tr><td>项目</td><td>1.00</td></tr>" * 40
    for k in range(6):
        yield Input(f"damaged-{k}.html", lambda k=k: damaged(whole.encode(), seed + k))  # type: ignore[misc]
    part = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n"
    yield Input("parts.mht", lambda: (part + "--b\nContent-Type: text/html\n\n<p>支出\n" * 20_000).encode())
    yield Input(
        "deep.mht", lambda: (part + "--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 5000).encode()
    )
