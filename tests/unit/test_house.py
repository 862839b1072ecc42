"""The house: imports go one way, modules stay small, the data is sound."""

from __future__ import annotations

import ast
from pathlib import Path
from runpy import run_path

import yibenzhang
from tests.conftest import ROOT
from yibenzhang.standards import fold_title, load
from yibenzhang.standards.patterns import patterns

SOURCE = Path(yibenzhang.__file__).parent

LAYERS = {
    "model": "",
    "standards": "model",
    "reading": "model",
    "recognising": "model standards reading",
    "prose": "model standards reading recognising",
    "balance": "model",
    "laws": "model standards recognising balance",
    "rules": "model standards recognising prose balance laws",
    "checking": "model standards reading recognising prose balance laws rules",
    "paging": "model standards reading recognising prose balance checking",
    "projects": "model standards recognising reading ledger resources office",
    "evidence": "standards",
    "hotline": "standards evidence",
    "supervision": "standards evidence",
    "processes": "standards reading checking",
    "batch": "model standards reading recognising checking processes",
    "ledger": "model standards reading checking batch",
    "resources": "model standards reading recognising ledger office evidence",
}
"""Package → the packages it may import; those not named here stand above all of these and may import them."""


def modules() -> dict[str, Path]:
    out = {}
    for path in SOURCE.rglob("*.py"):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        out[name.removesuffix("__init__").rstrip(".")] = path
    return out


def imported(path: Path) -> set[str]:
    out = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("yibenzhang."):
            out.add((node.module or "").split(".")[1])
    return out


def test_imports_follow_the_layers() -> None:
    for name, path in modules().items():
        package = name.split(".")[0]
        if package in LAYERS:
            allowed = {package, *LAYERS[package].split()}
            assert imported(path) <= allowed, f"{name} imports {sorted(imported(path) - allowed)}"


FACES = {"batch", "office", "publishing", "reports", "showing", "web"}
INSIDES = {
    "batch",  # runs checks
    "office.analysing",  # checks, and stores the Analysis
}
"""Modules that run checks; the other faces read the Analysis."""


def test_faces_read_the_analysis() -> None:
    seen = {n for n, p in modules().items() if n.split(".")[0] in FACES and "Checked" in names_of_check(p)}
    assert seen == INSIDES


def names_of_check(path: Path) -> set[str]:
    """What a module takes from checking.check."""
    text = path.read_text(encoding="utf-8")
    found = ast.walk(ast.parse(text)) if "checking.check" in text else ()
    taken = [n for n in found if isinstance(n, ast.ImportFrom) and n.module == "yibenzhang.checking.check"]
    return {a.name for n in taken for a in n.names}


def test_modules_have_one_subject() -> None:
    written = {n: p for n, p in modules().items() if ".versions." not in n}  # migrations are generated
    long = {n: len(p.read_text(encoding="utf-8").splitlines()) for n, p in written.items()}
    assert {n: k for n, k in long.items() if k > 400} == {}


def test_functions_are_small_and_lines_fit() -> None:
    """As tools/measure_house.py counts them: over 15 branches less than one function in a hundred."""
    house = run_path(str(ROOT / "tools" / "measure_house.py"))
    functions = large = 0
    for name, _, tree, text in house["modules"]():
        assert [line for line in text.splitlines() if house["width"](line) > 120] == [], name
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                functions += 1
                large += house["branches"](node) > 15
    assert large < functions / 100


def test_standards_are_sound() -> None:
    standards = load()
    ids = [t.id for t in standards.tables]
    assert len(ids) == len(set(ids))
    for rule in standards.rule_by_id.values():
        assert rule.severity in ("error", "warning", "notice")
        assert rule.example and rule.name
        assert set(rule.basis) <= set(standards.bases)


def test_no_title_means_two_tables_of_one_stage() -> None:
    standards = load()
    for title, found in standards.titles.items():
        stages = [t.stage for t in found]
        assert len(stages) == len(set(stages)), f"{title}: {[t.id for t in found]}"


def test_titles_are_compared_without_year_number_and_level() -> None:
    assert fold_title("表 5-2.一般公共预算支出表（分单位）") == "一般公共预算支出表(分单位)"
    assert fold_title("2025年部门“三公”经费和机关运行经费预算表") == "三公经费和机关运行经费预算表"
    assert fold_title("公开 09 表：2018年度政府采购支出预算表") == "政府采购支出预算表"
    assert fold_title("2026年预算单位财务收支预算总表") == "财务收支预算总表"


def test_patterns_are_those_of_one_module_and_all_used() -> None:
    for path in sorted((SOURCE / "standards" / "patterns").glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        modules = [SOURCE / p / f"{path.stem}.py" for p in ("rules", "prose", "recognising")]
        texts = [m.read_text(encoding="utf-8") for m in modules if m.exists()]
        [code] = [t for t in texts if f'patterns("{path.stem}")' in t]
        code = code.replace("['", '["').replace("']", '"]')
        unused = {n for n in patterns(path.stem) if f'_WORDS["{n}"]' not in code and f"{{{n}}}" not in text}
        assert unused == set(), f"{path.name}: {sorted(unused)}"
