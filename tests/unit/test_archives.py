"""Archives: each member a document of its own, whatever its name is written in; hostile ones do no harm."""

from __future__ import annotations

import contextlib
import io
import json
import stat
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.conftest import examples
from tests.ofds import ofd, table, zipped
from tests.unit.test_cli import CLEAN, WRONG
from yibenzhang.batch import find_files
from yibenzhang.cli import app
from yibenzhang.reading import ReadingError, read
from yibenzhang.reading.containers import Container, kind_of
from yibenzhang.reading.limits import MAX_ZIP_ENTRIES
from yibenzhang.reading.packages import Package


def saved(tmp_path: Path, data: bytes, name: str = "A.zip") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def listed(path: Path) -> tuple[list[str], list[str]]:
    """The members by their names in the archive, and the sentences of what was refused."""
    files, missing = find_files([str(path)])
    return [f.removeprefix(f"{path}/") for f in files], [m.error for m in missing]


def test_every_member_is_a_document(tmp_path: Path) -> None:
    path = saved(tmp_path, zipped({"甲/clean.txt": CLEAN, "wrong.txt": WRONG, "__MACOSX/._x": "x", "说明.bin": "\0"}))  # fmt: skip
    result = CliRunner().invoke(app, ["check", str(path), "--format", "json", "--no-group"])
    documents = json.loads(result.stdout)["documents"]
    assert [d["path"] for d in documents] == [
        f"{path}/{n}" for n in ("wrong.txt", "甲/clean.txt", "说明.bin")
    ]
    assert [len(d["findings"]) for d in documents] == [1, 0, 0]
    assert "不是可识别的文本" in documents[2]["error"]
    assert result.exit_code == 1
    assert list(tmp_path.iterdir()) == [path]  # nothing was unpacked


def test_one_member_can_be_named(tmp_path: Path) -> None:
    path = saved(tmp_path, zipped({"b/clean.txt": CLEAN}))
    assert read(f"{path}/b/clean.txt").kind == "text"
    assert CliRunner().invoke(app, ["tables", f"{path}/b/clean.txt"]).exit_code == 0
    with pytest.raises(ReadingError, match="没有"):
        read(f"{path}/b/other.txt")
    with pytest.raises(ReadingError):
        read(f"{path}/../A.zip/x")


@pytest.mark.parametrize(("encoding", "flag"), [("gb18030", 0), ("utf-8", 0), ("utf-8", 0x800)])
def test_names_in_gbk_and_utf8(tmp_path: Path, encoding: str, flag: int) -> None:
    name = "部门预算/公开表.txt"
    raw = name.encode(encoding)
    data = zipped({"x" * len(raw): CLEAN}).replace(b"x" * len(raw), raw)
    if flag:
        data = zipped({name: CLEAN})
    files, errors = listed(saved(tmp_path, data))
    assert (files, errors) == ([name], [])
    assert read(tmp_path / "A.zip" / name).tables()


@pytest.mark.parametrize("name", ["../evil.txt", "a/../../evil.txt", "/etc/evil.txt", "C:/evil.txt", "C:\\evil.txt", "a\x1bb.txt"])  # fmt: skip
def test_unsafe_names_are_told_and_the_rest_goes_on(tmp_path: Path, name: str) -> None:
    files, errors = listed(saved(tmp_path, zipped({name: CLEAN, "good.txt": CLEAN})))
    assert files == ["good.txt"]
    assert [("不安全" in e, e.count("。")) for e in errors] == [(True, 1)]


def test_links_twins_and_odd_packing(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        z.writestr(link, "/etc/passwd")
        z.writestr("odd.txt", CLEAN, zipfile.ZIP_LZMA)
        z.writestr("twin.txt", CLEAN)
        with pytest.warns(UserWarning):
            z.writestr("twin.txt", WRONG)
    files, errors = listed(saved(tmp_path, out.getvalue()))
    assert files == ["twin.txt"]
    assert [e[:6] for e in errors] == ["压缩包里的符", "压缩方式不常", "压缩包里有同"]


def test_archives_within_archives(tmp_path: Path) -> None:
    third = zipped({"deep.txt": CLEAN})
    second = zipped({"inner.txt": WRONG, "third.zip": third, "x.ofd": ofd([table([["a", "b"], ["1", "2"]])])})
    path = saved(tmp_path, zipped({"second.zip": second, "outer.txt": CLEAN}))
    files, errors = listed(path)
    assert files == ["outer.txt", "second.zip/inner.txt", "second.zip/x.ofd"]
    assert len(errors) == 1 and "嵌套" in errors[0]
    assert read(path / "second.zip/inner.txt").tables()
    assert read(path / "second.zip/x.ofd").kind == "ofd"
    with pytest.raises(ReadingError):
        read(path / "second.zip/third.zip/deep.txt")


def test_bombs(tmp_path: Path) -> None:
    begun = time.process_time()
    bomb = zipped({"bomb.txt": b"0" * 60_000_000, "good.txt": CLEAN})
    files, errors = listed(saved(tmp_path, bomb))
    assert files == ["good.txt"]
    assert len(errors) == 1 and "压缩炸弹" in errors[0]
    inner = saved(tmp_path, zipped({f"{k}.zip": bomb for k in range(100)}), "B.zip")
    files, errors = listed(inner)
    assert len(files) == 100 and len(errors) == 100
    assert time.process_time() - begun < 30


def test_a_size_that_lies(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": CLEAN * 50}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")  # says ten bytes
    path = saved(tmp_path, bytes(data))
    with pytest.raises(ReadingError) as caught:
        read(path / "a.txt")
    assert str(caught.value).count("。") == 1


def test_thousands_of_entries_and_two_hundred_thousand(tmp_path: Path) -> None:
    begun = time.process_time()
    many = zipped({f"{k}.txt": "x" for k in range(MAX_ZIP_ENTRIES + 500)})
    files, errors = listed(saved(tmp_path, many))
    assert len(files) == MAX_ZIP_ENTRIES
    assert len(errors) == 1 and "500 个未读取" in errors[0]
    with pytest.raises(ReadingError, match="太多"):
        Container(b"PK\x03\x04" + b"PK\x01\x02" * 300_000)
    assert time.process_time() - begun < 30


def test_a_damaged_or_empty_archive_is_one_sentence(tmp_path: Path) -> None:
    whole = zipped({"a.txt": CLEAN})
    for data in (whole[:-30], zipped({}), whole[:40]):
        path = saved(tmp_path, data)
        result = CliRunner().invoke(app, ["check", str(path), "--format", "json"])
        [document] = json.loads(result.stdout)["documents"]
        assert document["error"].count("。") == 1
        assert result.exit_code == 2


def test_a_locked_archive_is_said(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": CLEAN}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    _, errors = listed(saved(tmp_path, bytes(data)))
    assert len(errors) == 1 and "加密" in errors[0]


def test_a_member_without_a_name_is_no_failure(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": CLEAN, "b.txt": WRONG}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 46] = 0  # zipfile ends a name there
    files, errors = listed(saved(tmp_path, bytes(data)))
    assert files[0] == "a.txt" and len(files) + len(errors) == 2
    assert set(Package(bytes(data)).members) == {"a.txt", ""}


def test_what_a_zip_is() -> None:
    assert kind_of(["OFD.xml", "Doc_0/Document.xml"]) == "ofd"
    assert kind_of(["[Content_Types].xml", "word/document.xml"]) == "docx"
    assert kind_of(["xl/workbook.xml"]) == "xlsx"
    assert kind_of(["a.pdf", "b/OFD.xml"]) == "zip"


@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_damaged_archives_end_in_a_list_or_a_sentence(data: st.DataObject) -> None:
    whole = bytearray(zipped({"a.txt": CLEAN, "b.zip": zipped({"c.txt": WRONG})}))
    for _ in range(data.draw(st.integers(1, 10))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ReadingError):
        box = Container(bytes(whole))
        for name in box.members:
            with contextlib.suppress(ReadingError):
                box.begins(name, b"PK")
                box.read(name)
