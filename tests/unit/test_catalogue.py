"""The catalogue: code and data of a rule find each other, one failing ends nothing, one cause is one issue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import yibenzhang.rules
from yibenzhang.checking.applying import applied, case_of
from yibenzhang.checking.check import check_document
from yibenzhang.checking.precedence import ISSUES, Broken, matches, settled
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.places import LinePlace
from yibenzhang.model.relations import Made
from yibenzhang.proving import claims, document_of
from yibenzhang.recognising.profile import Profile
from yibenzhang.rules import registry
from yibenzhang.rules.case import Case
from yibenzhang.standards import Precedence, RuleEntry, load
from yibenzhang.standards.templates import Message, TemplateError, fill

CLEAN = "示范市示范局2024年度部门决算\n本年收入合计 15897.44 万元。"


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """Rules that a test adds are gone after it."""
    registry.rules()
    before = dict(registry._RULES)
    yield
    registry._RULES.clear()
    registry._RULES.update(before)
    registry._modules.cache_clear()


# ---- code and data ---------------------------------------------------------------------------------


def test_every_rule_has_its_entry_and_every_entry_its_rule() -> None:
    standards = load()
    registered = {i for r in registry.rules() for i in r.covers(standards)}
    entries = {i: e for i, e in standards.rule_by_id.items() if isinstance(e, RuleEntry)}
    assert registered - standards.rule_by_id.keys() == set()
    assert {i for i, e in entries.items() if not e.by} - registered == set()
    assert {i for i, e in entries.items() if e.by} & registered == set()


def test_a_rule_stands_in_the_file_of_its_family() -> None:
    folder = Path(yibenzhang.__file__).parent / "standards" / "rules"
    for path in folder.glob("*.toml"):
        ids = re.findall(r'^id = "([\w.]+)"', path.read_text(encoding="utf-8"), re.M)
        assert ids and {i.partition(".")[0] for i in ids} == {path.stem}


def test_rules_never_evaluate() -> None:
    for path in Path(yibenzhang.rules.__path__[0]).glob("*.py"):
        found = [
            n.module
            for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(n, ast.ImportFrom)
        ]
        assert "yibenzhang.balance.evaluate" not in found, path.name


def test_an_added_rule_is_one_module_and_one_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, data = tmp_path / "code", tmp_path / "mine"
    code.mkdir()
    (data / "rules").mkdir(parents=True)
    (code / "shouting.py").write_text(
        "from yibenzhang.model.issues import issue_at\n"
        "from yibenzhang.rules.registry import rule\n"
        "@rule('mine.shouting', needs=('text',))\n"
        "def shouting(case):\n"
        "    for p in case.passages:\n"
        "        if '!!' in p.text:\n"
        "            yield issue_at('mine.shouting', p.text, p.place(0), times=p.text.count('!'))\n"
    )
    (data / "rules" / "mine.toml").write_text(
        '[[rule]]\nid = "mine.shouting"\nname = "感叹号"\nseverity = "notice"\nexample = "好!!"\n'
        'message = "“{words}”有 {times} 个感叹号。"\n\n'
        '[[rule.case]]\nbase = "plain.txt"\nfires = "收入增加!!"\ntwin = "收入增加!"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(yibenzhang.rules, "__path__", [*yibenzhang.rules.__path__, str(code)])
    registry._modules.cache_clear()
    [issue] = check_document(document_of(f"{CLEAN}\n收入增加!!"), str(data)).findings
    assert (issue.rule, issue.message) == ("mine.shouting", "“收入增加!!”有 2 个感叹号。")
    assert dict(issue.arguments)["times"] == 2
    assert [c.fault() for c in claims(str(data)) if c.rule == "mine.shouting"] == [""]


# ---- what cannot be checked ------------------------------------------------------------------------


def test_a_rule_that_fails_is_not_checked_and_ends_nothing() -> None:
    @registry.rule("wording.self")
    def failing(case: Case) -> Iterator[Made]:
        yield issue_at("wording.self", "我中心", LinePlace(1, 0, 3), body="示范局", name="我中心")
        raise ZeroDivisionError("by nothing")

    result = check_document(document_of(f"{CLEAN}\n全文有待定金额 XX 万元。"))
    [fault] = result.faults
    assert (fault.rule, fault.error) == ("wording.self", "ZeroDivisionError: by nothing")
    assert "test_catalogue.py" in fault.where
    [left] = [n for n in result.not_checked if n.rule == "wording.self"]
    assert left.reason == "程序在核对“用了别的单位的自称”时出错"
    assert {"wording.self", "wording.placeholder"} <= {i.rule for i in result.findings}


def test_a_rule_that_yields_what_it_is_not_registered_for_fails() -> None:
    @registry.rule("wording.self")
    def astray(case: Case) -> Iterator[Made]:
        yield issue_at("names.own", "x", LinePlace(1, 0, 1))

    [fault] = check_document(document_of(CLEAN)).faults
    assert "names.own" in fault.error


def test_what_a_rule_needs_and_lacks_is_said() -> None:
    case = case_of(document_of("目录"), Profile(), (), (), load())
    reasons = {n.rule: n.template for n in applied(case).not_checked}
    assert reasons["wording.year"] == "needs_year"
    assert reasons["rows.gap"] == "needs_tables"
    assert [r for r in reasons if r.startswith("goals.") and reasons[r] == "needs_forms"] == ["goals.again"]


def test_needs_are_known() -> None:
    with pytest.raises(ValueError, match="no such need"):
        registry.rule("wording.self", needs=("luck",))
    with pytest.raises(ValueError, match="needs an id"):
        registry.rule()


# ---- one cause, one issue --------------------------------------------------------------------------

NOTHING = Broken((), ())


def at(rule: str, line: int, words: str = "", template: str = "", **values: str) -> Issue:
    return issue_at(rule, words, LinePlace(line, 0, 1), template=template, **values)


def test_shipped_precedence_names_rules_that_are_there() -> None:
    standards = load()
    ids = list(standards.rule_by_id)
    for entry in standards.precedence:
        assert entry.same in ISSUES
        for pattern in (entry.rule, *(u.removeprefix("sum:") for u in entry.unless)):
            assert any(matches(pattern, i) for i in ids), pattern


def test_a_rule_is_silent_where_the_other_speaks_of_the_same() -> None:
    order = [Precedence("a.one", ("b.*",), "place", "")]
    issues = [at("a.one", 1), at("a.one", 2), at("b.two", 2), at("c.three", 2)]
    assert settled(issues, NOTHING, order) == [issues[0], *issues[2:]]


def test_of_equal_ones_the_first_speaks() -> None:
    order = [Precedence("a.*", ("a.*",), "words", "", first=True)]
    issues = [at("a.one", 1, "甲"), at("a.two", 2, "乙"), at("a.one", 3, "甲")]
    assert settled(issues, NOTHING, order) == issues[:2]


def test_only_some_sentences_count_and_only_from_so_many_on() -> None:
    cover = [Precedence("a.one", ("b.two",), "document", "", templates=("cover",))]
    many = [Precedence("a.one", ("b.two",), "document", "", at_least=3)]
    two = [at("a.one", 1), at("a.one", 2), at("b.two", 9)]
    assert settled(two, NOTHING, cover) == two
    assert settled(two, NOTHING, many) == two
    assert len(settled([*two, at("b.two", 8, template="cover")], NOTHING, cover)) == 2
    assert settled([*two, at("a.one", 3)], NOTHING, many) == two[2:]


def test_places_of_the_silent_go_to_the_one_that_speaks() -> None:
    order = [Precedence("a.one", ("b.two",), "document", "", moves=True)]
    [left] = settled([at("a.one", 1, "甲"), at("b.two", 2, "乙")], NOTHING, order)
    assert [e.text for e in left.evidence] == ["乙", "甲"]


def test_an_issue_found_twice_is_one() -> None:
    assert len(settled([at("a.one", 1, "甲"), at("a.one", 1, "甲")], NOTHING, [])) == 1


# ---- sentences -------------------------------------------------------------------------------------


def test_a_sentence_is_its_template_with_the_values() -> None:
    message = Message(
        {"": "{table}缺{rows}[等 {count} 行][，见{where|word}]。"}, {"rows": ("“{name}”（{n:,.2f}）", "；")}
    )
    rows = ((("name", "甲"), ("n", 1234)), (("name", "乙"), ("n", 0)))
    words = {"above": "上文"}
    assert (
        fill(message, "", {"table": "总表", "rows": rows}, words) == "总表缺“甲”（1,234.00）；“乙”（0.00）。"
    )
    full = fill(message, "", {"table": "总表", "rows": rows, "count": 9, "where": "above"}, words)
    assert full.endswith("等 9 行，见上文。")


def test_values_are_never_taken_for_templates() -> None:
    message = Message({"": "“{words}”。"})
    assert fill(message, "", {"words": "[{x}]{words}"}, {}) == "“[{x}]{words}”。"


@pytest.mark.parametrize(("template", "values"), [("other", {"words": "a"}), ("", {})])
def test_what_is_missing_is_named(template: str, values: dict[str, str]) -> None:
    with pytest.raises(TemplateError):
        fill(Message({"": "{words}"}), template, values, {})


def test_shipped_sentences_are_well_formed() -> None:
    standards = load()
    messages = [*(e.message for e in standards.entries), *standards.messages.values()]
    for message in messages:
        for text in (*message.texts.values(), *(one for one, _ in message.each.values())):
            bare = re.sub(r"\{\w+(?::[^{}|]*)?(?:\|word)?\}", "", text)
            assert not set("{}") & set(bare), text
            assert not set("[]") & set(re.sub(r"\[[^\[\]]*\]", "", bare)), text
