"""Findings carried over to a better reading of the same file, and to the next version of a document."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import examples
from yibenzhang.model.issues import Severity
from yibenzhang.office.likeness import StoredFinding, place_in_words, stored_finding, table_of
from yibenzhang.office.matching import Version, compare, reread, version_of
from yibenzhang.showing.view import ShownFinding, Spot

TABLE = "支出总表"


def finding(
    id: str,
    rule: str,
    severity: str,
    message: str,
    reported: str = "",
    expected: str = "",
    spots: tuple[Spot, ...] = (),
) -> StoredFinding:
    return StoredFinding(
        rule,
        id=id,
        severity=Severity(severity),
        message=message,
        reported=reported,
        expected=expected,
        spots=spots,
    )


def cell(row: str, column: str, text: str, key: str = "", table: str = TABLE) -> Spot:
    return place_in_words(key or f"p3:{row}{column}", f"{table}“{row}”“{column}”", text)


def words(text: str, sentence: str, key: str = "p9:1,1,2,2") -> Spot:
    return place_in_words(key, f"正文“{sentence}”", text)


def wrong(
    id: str, row: str, text: str, right: str, *more: Spot, rule: str = "rows.children"
) -> StoredFinding:
    message = f"{TABLE}“{row}”·“合计”印为 {text}，应为 {right} 万元：2 项关系不成立，改后全部成立。"
    return finding(id, rule, "error", message, text, right, (cell(row, "合计", text), *more))


def wording(id: str, text: str, rule: str = "wording.doubled", key: str = "p9:1,1,2,2") -> StoredFinding:
    return finding(id, rule, "warning", f"词语重复：“{text}”。", "", "", (place_in_words(key, "正文", text),))


def version(*findings: StoredFinding, tables: tuple[str, ...] = (TABLE,), **more: object) -> Version:
    return replace(Version(findings, tables), **more)  # type: ignore[arg-type]


# --- the next version


def test_a_finding_that_vanished_is_fixed_and_a_new_one_is_new() -> None:
    old, new = wrong("a", "教育支出", "12.00", "13.00"), wrong("b", "卫生健康支出", "7.10", "1.70")
    result = compare(version(old), version(new))
    assert (result.fixed, result.still, result.new, result.gone) == ((old,), (), (new,), ())


def test_a_number_that_changed_but_is_still_wrong_is_still_there() -> None:
    old, new = wrong("a", "教育支出", "12.00", "13.00"), wrong("b", "教育支出", "11.00", "13.00")
    new = replace(new, spots=(replace(new.spots[0], key="p4:99"),))
    assert compare(version(old), version(new)).still == ((old, new),)


def test_another_column_of_the_same_row_is_another_finding() -> None:
    old = wrong("a", "教育支出", "12.00", "13.00")
    spot = cell("教育支出", "项目支出", "4.00")
    new = replace(wrong("b", "教育支出", "4.00", "5.00"), spots=(spot,))
    new = replace(new, message=old.message.replace("合计", "项目支出").replace("12.00", "4.00"))
    result = compare(version(old), version(new))
    assert result.fixed == (old,) and result.new == (new,)


def test_another_rule_that_blames_the_same_number_is_the_same_finding() -> None:
    old = wrong("a", "教育支出", "12.00", "13.00")
    new = replace(wrong("b", "教育支出", "12.00", "13.00"), rule="equal.expenditure_class")
    assert compare(version(old), version(new)).still == ((old, new),)


def test_the_culprit_moved_among_the_same_numbers() -> None:
    one, two = cell("教育支出", "合计", "12.00"), cell("教育支出", "合计", "13.00", table="收支总表")
    old = finding("a", "equal.x", "error", "两表不相等，相差 1.00。", "12.00", "13.00", (one, two))
    new = finding("b", "equal.x", "error", "收支总表“教育支出”应为 12.00。", "13.00", "12.00", (two, one))
    assert compare(version(old), version(new)).still == ((old, new),)


def test_what_stood_in_a_table_that_is_missing_now_is_not_fixed() -> None:
    old = wrong("a", "教育支出", "12.00", "13.00")
    result = compare(version(old), version(tables=("收入总表",)))
    assert result.fixed == ()
    [(told, why)] = result.gone
    assert told == old and TABLE in why


def test_the_page_that_could_not_be_read_is_told() -> None:
    old = wrong("a", "教育支出", "12.00", "13.00")
    [(_, why)] = compare(version(old), version(tables=(), unread=("第 3 页没有文字层。",))).gone
    assert "第 3 页没有文字层" in why and why.count("。") == 1


def test_what_can_no_longer_be_checked_is_not_fixed() -> None:
    old = wrong("a", "教育支出", "12.00", "13.00")
    unchecked = (("rows.children", TABLE, "层级没有读清。"),)
    [(_, why)] = compare(version(old), version(unchecked=unchecked)).gone
    assert "层级没有读清" in why
    before = version(old, unchecked=unchecked)  # it was not checked elsewhere before either
    assert compare(before, version(unchecked=unchecked)).fixed == (old,)


def test_a_sentence_that_is_gone_is_not_a_sentence_put_right() -> None:
    said = "教育支出12.00万元，比上年增加2.00万元"
    old = finding(
        "a",
        "prose.table",
        "error",
        f"正文“{said}”，而表为 13.00。",
        "12.00",
        "13.00",
        (words("12.00", said),),
    )
    before = version(old, texts=(f"三、{said}。",))
    mended = version(texts=("三、教育支出13.00万元，比上年增加2.00万元。",))
    assert compare(before, mended).fixed == (old,)
    [(_, why)] = compare(before, version(texts=("四、名词解释。",))).gone
    assert "没有找到" in why


def test_wrong_words_taken_out_are_fixed() -> None:
    old = wording("a", "请在此处填写本部门的主要职能")
    assert compare(
        version(old, texts=("请在此处填写本部门的主要职能",)), version(texts=("本部门。",))
    ).fixed == (old,)


def test_numbers_that_nobody_changed_are_not_put_right() -> None:
    one, two = cell("教育支出", "合计", "12.00"), cell("教育支出", "合计", "13.00", table="收支总表")
    old = finding("a", "equal.x", "error", "两表不相等，相差 1.00。", "12.00", "13.00", (one, two))
    same = frozenset((s.words, s.text) for s in old.spots)
    tables = (TABLE, "收支总表")
    [(told, why)] = compare(version(old, tables=tables), version(tables=tables, numbers=same)).gone
    assert told == old and "没有改" in why
    mended = frozenset({(one.words, "13.00"), (two.words, "13.00")})
    assert compare(version(old, tables=tables), version(tables=tables, numbers=mended)).fixed == (old,)


def test_a_number_that_another_finding_blames_now_is_not_put_right() -> None:
    one, two = (
        wrong("a", "教育支出", "12.00", "13.00"),
        wrong("b", "教育支出", "12.00", "14.00", rule="rows.total"),
    )
    result = compare(version(one, two), version(replace(one, id="c")))
    assert [x.id for x, _ in result.still] == ["a"] and result.fixed == ()
    [(told, why)] = result.gone
    assert told == two and one.message in why


def test_equal_words_in_several_sentences_are_told_apart_by_what_stands_before() -> None:
    first, second = "一、行政运行支出情况说明", "二、住房保障支出情况说明"
    said = "比上年减少{}万元，下降{}%"
    one, two = said.format("2.06", "8.27"), said.format("6.10", "5.05")
    changed = said.format("6.10", "7.77")
    text = (f"{first}：行政运行支出预算为九十万元，{one}。", f"{second}：住房保障支出预算为五十万元，{two}。")
    later = (f"{first}：行政运行支出预算为九十万元，{said.format('2.06', '2.27')}。", f"{second}：住房保障支出预算为五十万元，{changed}。")  # fmt: skip

    def rate(id: str, sentence: str, value: str) -> StoredFinding:
        return finding(id, "prose.growth", "error", f"正文“{sentence}”，印为 {value}%。", value, "", (words(value, sentence),))  # fmt: skip

    old = (rate("a", one, "8.27"), rate("b", two, "5.05"))
    new = rate("c", changed, "7.77")
    result = compare(version(*old, texts=text), version(new, texts=later))
    assert result.still == ((old[1], new),) and result.fixed == (old[0],)


def test_findings_of_one_rule_in_many_rows_pair_best_first() -> None:
    rows = [f"项目{k}" for k in "甲乙丙丁戊己庚辛"]
    old = [wrong(f"o{k}", r, f"{k + 10}.00", "1.00") for k, r in enumerate(rows)]
    new = [wrong(f"n{k}", r, f"{k + 50}.00", "1.00") for k, r in enumerate(rows) if k % 3]
    result = compare(version(*old), version(*new))
    assert {(x.id, y.id) for x, y in result.still} == {(f"o{k}", f"n{k}") for k in range(8) if k % 3}
    assert {t.id for t in result.fixed} == {f"o{k}" for k in range(8) if not k % 3}


def test_equal_findings_pair_in_the_order_of_the_document() -> None:
    old = [wording(f"o{k}", "拨款拨款", key=f"p{k}:1,1,2,2") for k in (2, 10, 11)]
    new = [wording(f"n{k}", "拨款拨款", key=f"p{k}:1,1,2,2") for k in (3, 12)]
    result = compare(version(*old), version(*new))
    assert [(x.id, y.id) for x, y in result.still] == [("o2", "n3"), ("o10", "n12")]
    assert [t.id for t in result.fixed] == ["o11"]


def test_findings_without_a_place() -> None:
    old = finding("a", "profile.conflict", "notice", "封面写 2024 年，标题多处写 2023 年。", "", "", ())
    new = replace(old, id="b", message="封面写 2024 年，标题多处写 2025 年。")
    assert compare(version(old), version(new)).still == ((old, new),)
    assert compare(version(old), version()).fixed == (old,)


# --- the same file again


def test_the_same_id_comes_first() -> None:
    one, two = wrong("a", "教育支出", "12.00", "13.00"), wrong("b", "卫生健康支出", "7.10", "1.70")
    assert reread([one, two], [two, one]) == {"a": "a", "b": "b"}


def test_another_message_another_rule_another_culprit() -> None:
    other = cell("合计", "合计", "99.00")
    old = wrong("a", "教育支出", "12.00", "13.00", other)
    for change in (
        {"message": "支出总表的教育支出有误。"},
        {"rule": "rows.total"},
        {"spots": (other, old.spots[0])},
        {"spots": tuple(replace(s, key=s.key + "+") for s in old.spots)},
        {"spots": (*old.spots, cell("住房保障支出", "合计", "1.00"))},
    ):
        assert reread([old], [replace(old, id="b", **change)]) == {"a": "b"}, change  # type: ignore[arg-type]


def test_what_is_no_longer_told_has_no_partner() -> None:
    old = wrong("a", "教育支出", "12.00", "13.00")
    assert reread([old], []) == {}
    assert reread([old], [wording("b", "拨款拨款")]) == {}


def test_never_two_to_one() -> None:
    old = [wrong("a", "教育支出", "12.00", "13.00"), wrong("b", "教育支出", "12.00", "14.00")]
    assert len(reread(old, [wrong("c", "教育支出", "12.00", "13.00")])) == 1


def test_an_id_that_means_another_finding_now_gives_way() -> None:
    """An id hashes where a table stands in the file: one table more, and it is another's."""
    first, second = wrong("a", "教育支出", "12.00", "13.00"), wrong("b", "教育支出", "7.00", "8.00")
    second = replace(
        second, spots=(cell("教育支出", "合计", "7.00", "p5:1", "收入总表"),), message="收入总表有误。"
    )
    new = [replace(first, id="b"), replace(second, id="c")]
    assert reread([first, second], new) == {"a": "b", "b": "c"}


# --- the contract with showing


def test_findings_and_versions_are_made_of_what_a_page_shows() -> None:
    spot = Spot("p1:1", 1, None, "支出总表“教育支出”“合计”", "12.00")
    shown = ShownFinding(
        "rows.children", id="a", severity=Severity.ERROR, message="有误。", reported="12.00", expected="13.00", spots=(spot,)
    )  # fmt: skip
    piece = SimpleNamespace(text="教育支出")
    block = SimpleNamespace(pieces=(piece,), rows=((SimpleNamespace(pieces=(piece,)),),))
    view = SimpleNamespace(
        findings=(shown,),
        sections=(SimpleNamespace(name="支出总表"),),
        leaves=(SimpleNamespace(texts=(((0, 0, 1, 1), "一、部门概况"),), blocks=(block,)),),
        unchecked=(SimpleNamespace(rule="r", table="t", reason="无"),),
        notices=(SimpleNamespace(message="第 2 页没有文字层。", unread=True),),
        numbers={"p1:1": SimpleNamespace(words="支出总表“教育支出”“合计”", text="12.00")},
    )
    made = version_of(view)
    assert made.findings == (stored_finding(shown),)
    assert table_of(made.findings[0].spots[0]) == "支出总表"
    assert made.texts == ("一、部门概况", "教育支出", "教育支出")
    assert made.unread == ("第 2 页没有文字层。",) and made.unchecked == (("r", "t", "无"),)
    assert made.numbers == {("支出总表“教育支出”“合计”", "12.00")}


# --- whatever the findings are

ROWS = ["教育支出", "卫生健康支出", "住房保障支出", ""]
SPOTS = st.one_of(
    st.builds(
        lambda row, column, text, k, table: cell(row, column, text, f"p{k}:1", table),
        st.sampled_from(ROWS), st.sampled_from(["合计", "项目支出"]), st.sampled_from(["1.00", "2.00", ""]),
        st.integers(1, 12), st.sampled_from([TABLE, "收支总表"]),
    ),
    st.builds(
        lambda text, k: place_in_words(f"l{k}:0-9", "正文", text),
        st.sampled_from(["拨款拨款", "比上年增加1.00万元", "比上年增加2.00万元", ""]), st.integers(1, 12),
    ),
)  # fmt: skip
FINDINGS = st.builds(
    finding, st.text("ab", min_size=1, max_size=6), st.sampled_from(["rows.total", "rows.children", "prose.table", "wording.x"]),
    st.just("error"), st.sampled_from(["印为 1.00，应为 2.00。", "印为 3.00。", "词语重复。", ""]), st.just(""), st.just(""),
    st.lists(SPOTS, max_size=4).map(tuple),
)  # fmt: skip
MANY = st.lists(FINDINGS, max_size=10, unique_by=lambda t: t.id)
VERSIONS = st.builds(
    Version, MANY.map(tuple), st.sampled_from([(), (TABLE,), (TABLE, "收支总表")]),
    st.sampled_from([(), ("本部门比上年增加1.00万元。",)]), st.sampled_from([(), (("rows.total", TABLE, "没有读清"),)]),
    st.sampled_from([(), ("第 2 页没有读出。",)]),
)  # fmt: skip


@pytest.mark.middle
@settings(max_examples=examples(200), deadline=None)
@given(VERSIONS, VERSIONS)
def test_every_finding_ends_in_one_place(old: Version, new: Version) -> None:
    result = compare(old, new)
    before = [*result.fixed, *(x for x, _ in result.still), *(x for x, _ in result.gone)]
    assert sorted(t.id for t in before) == sorted(t.id for t in old.findings)
    after = [*result.new, *(y for _, y in result.still)]
    assert sorted(t.id for t in after) == sorted(t.id for t in new.findings)
    assert all(why.endswith("。") for _, why in result.gone)


@settings(max_examples=examples(150), deadline=None)
@given(VERSIONS)
def test_nothing_changed_is_all_still_there(same: Version) -> None:
    result = compare(same, same)
    assert (result.fixed, result.new, result.gone) == ((), (), ())
    assert {x.id: y.id for x, y in result.still} == {t.id: t.id for t in same.findings}


@pytest.mark.middle
@settings(max_examples=examples(150), deadline=None)
@given(VERSIONS, VERSIONS, st.integers(0, 1000))
def test_the_order_of_the_findings_makes_no_difference(old: Version, new: Version, seed: int) -> None:
    def mixed(v: Version) -> Version:
        return replace(v, findings=tuple(Random(seed).sample(v.findings, len(v.findings))))

    assert compare(old, new) == compare(mixed(old), mixed(new))
    assert reread(old.findings, new.findings) == reread(mixed(old).findings, mixed(new).findings)


@settings(max_examples=examples(150), deadline=None)
@given(MANY, MANY)
def test_reread_is_one_to_one_and_keeps_what_is_the_same(
    old: list[StoredFinding], new: list[StoredFinding]
) -> None:
    answer = reread(old, new)
    assert set(answer) <= {t.id for t in old} and set(answer.values()) <= {t.id for t in new}
    assert len(set(answer.values())) == len(answer)
    assert reread(old, old) == {t.id: t.id for t in old}
