"""The house: imports go one way, modules stay small, the data is sound."""

from __future__ import annotations

import ast
from pathlib import Path

import yibenzhang
from yibenzhang.standards import fold_title, load

SOURCE = Path(yibenzhang.__file__).parent

ORDER = [
    "amounts", "intervals", "places", "documents",
    "reading.limits", "reading.steps", "reading.containers", "reading.archives", "reading.glyphs", "reading.paragraphs", "reading.grid", "reading.paths", "reading.assembly", "reading.scanned", "reading.text",
    "reading.raster", "reading.strips", "reading.ocr", "reading.shapes", "reading.digits", "reading.scans", "reading.pictures", "reading.pdf", "reading.ofd_drawing", "reading.ofd",
    "reading.numberformats", "reading.packages", "reading.numbering", "reading.blocks", "reading.sheets", "reading.workbooks", "reading.word", "reading.articles", "reading.webpages", "reading.converting", "reading.kinds", "reading",
    "standards.model", "standards",
    "recognising.headers", "recognising.rows", "recognising.stitching", "recognising.tables", "recognising.profile",
    "recognising",
    "facts", "recognising.indicators", "recognising.forms", "recognising.form_rows",
    "recognising.form_reading", "prose.passages", "prose.quantities", "prose.claims", "prose.binding", "prose",
    "balance.relations", "balance.evaluate", "balance.hitting", "balance.localise", "balance.exchange", "balance.diagnose", "balance.coverage", "balance",
    "rules.addresses", "rules.sums", "rules.realign", "rules.lists", "rules.restating", "rules.comparing", "rules.agreeing", "rules.claiming", "rules.prose", "rules.units", "rules.wording", "rules.stages", "rules.presence", "rules.contents", "rules.gaps", "rules.likeness", "rules.reasons", "rules.names", "rules.projects", "rules.counting", "rules.copies",
    "rules.goals", "rules.goal_projects", "rules.goal_claims", "rules.indicators", "rules",
    "findings", "repairing", "telling", "relating", "placing", "remarking", "checking", "grouping", "office.deadlines", "proving", "", "workers", "journal", "batch", "planting.plants", "planting.words", "planting.cells", "planting.judging", "planting",
    "reports.words", "reports.json_report", "reports.terminal", "reports.excel", "reports.html", "reports",
    "showing.view", "showing.kept", "showing.printed", "showing.leaves", "showing.building", "showing.pictures", "showing",
    "drafting.codes", "drafting.figures", "drafting.families", "drafting.schema", "drafting.parts", "drafting.tally", "drafting.tables",
    "drafting.lookup", "drafting.goals", "drafting.prose", "drafting.compose", "drafting.text", "drafting.docx", "drafting.pdf",
    "drafting.xlsx", "drafting.html", "drafting.data", "drafting.pipeline", "drafting.cells", "drafting.workbook", "drafting.template",
    "drafting.published", "drafting.invented", "drafting.roundtrip", "drafting.corpus", "drafting.recall", "drafting",
    "ledger.files", "ledger", "office.likeness", "office.matching", "office.naming", "office.spreadsheets", "office.roster_lines", "office.roster_files",
    "office.notice_text", "office.notice_layout", "office.notice_docx", "office.notice_pdf",
    "office.models", "office.migrations", "office.migrations.env", "office.migrations.versions", "office.migrations.versions.v0001", "office.database", "office.access", "office.passwords", "office.users", "office.account_files", "office.issuing", "office.logins", "office.audit", "office.roster", "office.following", "office.lateness", "office.seasons", "office.analysing", "office.recording",
    "office.submissions", "office.foreman", "office.reviews", "office.moving", "office.filling", "office.statistics", "office.body_statistics", "office.rule_statistics", "office.excerpts", "office.returning", "office",
    "web.words", "web.describing", "web.picturing", "web.views", "web.settings", "web.security", "web.proxies", "web.formats", "web.bounding", "web.errors", "web.charts", "web.statistics_tables", "web.pages.seasons", "web.pages.rosters", "web.pages.handing", "web.pages.profiles", "web.pages.review", "web.pages.readings", "web.pages.returns", "web.pages.statistics", "web.pages.accounts", "web.pages.people", "web.pages", "web.app", "web.serving", "web",
    "benching", "benching_ledger", "benching_serve", "benching_scans", "cli_rules", "cli_draft", "cli_invented", "cli_bench_serve", "cli_bench", "cli_serve", "cli_user", "cli",
]  # fmt: skip


def modules() -> dict[str, Path]:
    out = {}
    for path in SOURCE.rglob("*.py"):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        out[name.removesuffix("__init__").rstrip(".")] = path
    return out


def test_every_module_has_its_place() -> None:
    assert set(modules()) == set(ORDER)


def test_imports_go_one_way() -> None:
    rank = {name: k for k, name in enumerate(ORDER)}
    for name, path in modules().items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("yibenzhang"):
                continue
            target = (node.module or "").removeprefix("yibenzhang").lstrip(".")
            for alias in node.names:
                deeper = f"{target}.{alias.name}".lstrip(".")
                used = deeper if deeper in rank else target
                assert rank[used] < rank[name], f"{name} imports {used}, which stands below it"


def test_modules_have_one_subject() -> None:
    written = {n: p for n, p in modules().items() if ".versions." not in n}  # migrations are generated
    long = {n: len(p.read_text(encoding="utf-8").splitlines()) for n, p in written.items()}
    assert {n: k for n, k in long.items() if k > 420} == {}


def test_standards_are_sound() -> None:
    standards = load()
    ids = [t.id for t in standards.tables]
    assert len(ids) == len(set(ids))
    names = {t.partition(".")[2] for t in ids}
    for rule in standards.rules:
        addresses = [
            *([rule.left] if rule.left else []),
            *rule.right,
            *rule.if_zero,
            *rule.if_absent,
            *rule.if_present,
        ]
        for table in [*rule.tables, *(a.table for a in addresses)]:
            assert table in ids or table.removeprefix("*.") in names, f"{rule.id}: no table {table}"
        assert rule.severity in ("error", "warning", "notice")
        assert rule.example and rule.name and rule.basis


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
