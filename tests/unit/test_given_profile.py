"""What a person gives of a profile against what the document says: told as given, not as the document's mistake."""

from __future__ import annotations

import pytest

from tests.conftest import EXAMPLES
from yibenzhang.checking.check import check_document
from yibenzhang.reading import read
from yibenzhang.recognising.profile import Profile, contradiction

READ = Profile("某局", 2018, "budget", "department", "", ("封面写 2018 年，标题多处写 2017 年。",))


def test_a_contradiction_names_both() -> None:
    told = contradiction(READ, 2019, "", "您填的")
    assert told == "文件写的是 2018 年部门预算，您填的是 2019 年部门预算。"
    assert (
        contradiction(READ, None, "accounts") == "文件写的是 2018 年部门预算，人工填写的是 2018 年部门决算。"
    )
    assert contradiction(READ, 2018, "budget") == contradiction(READ, None, "") == ""
    assert contradiction(Profile("", None, ""), 2019, "accounts") == ""  # the file does not say


def test_what_the_file_says_is_kept_beside_what_is_given() -> None:
    given = READ.corrected(Profile("", 2019))
    assert (given.fiscal_year, given.stage, given.stated) == (2019, "budget", READ)
    assert given.conflicts[0] == READ.conflicts[0] and "人工填写的是 2019 年" in given.conflicts[1]
    again = given.corrected(Profile("", 2019))  # as where several files are joined
    assert again == given
    assert READ.corrected(Profile("", 2018, "", "unit")).conflicts == READ.conflicts


@pytest.mark.parametrize(
    "name", ["hubei-clean.txt", pytest.param("shanghai-accounts-clean.pdf", marks=pytest.mark.middle)]
)
def test_a_clean_document_is_not_blamed_for_a_wrong_year(name: str) -> None:
    document = read(EXAMPLES / name)
    right = check_document(document)
    year = right.profile.fiscal_year
    assert year and right.findings == ()
    wrong = check_document(document, given=Profile("", year + 1))
    [conflict] = [f.message for f in wrong.findings if f.rule == "profile.conflict"]
    assert f"人工填写的是 {year + 1} 年" in conflict and f"文件写的是 {year} 年" in conflict
    about = [f.message for f in wrong.findings if f.rule in ("wording.year", "prose.year")]
    assert len(about) == 1 and about[0].startswith(f"人工填写的是 {year + 1} 年")
    same = check_document(document, given=Profile("", year))
    assert [f.id for f in same.findings] == []


def test_a_wrong_year_on_the_cover_alone_stays_the_documents() -> None:
    """Once a person gives the year that all the rest has, the cover is what is wrong."""
    text = (EXAMPLES / "hubei-clean.txt").read_text(encoding="utf-8")
    from yibenzhang.reading import read_data

    cover = text.replace("2026年部门预算", "2025年部门预算", 1)
    assert cover != text
    document = read_data("封面.txt", cover.encode())
    told = check_document(document, given=Profile("", 2026))
    assert told.profile.stated and told.profile.stated.fiscal_year == 2025
    found = [f.message for f in told.findings if f.rule == "wording.year"]
    assert found and all("标题写 2025 年，人工填写的是 2026 年预算" in m for m in found)
