"""Make docs/rules.md from the standards, docs/cli.md from the command line's own help, docs/evidence.md and the pages of packs.

Run: python tools/make_docs.py; with --check nothing is written and status 1 says that a file is out of date.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # bench is beside the package

from bench.cli import app as bench_app
from yibenzhang.cli import app
from yibenzhang.evidence.mappings import mapping_of
from yibenzhang.evidence.measuring import period_of, run
from yibenzhang.evidence.observations import Observation
from yibenzhang.evidence.packs import Pack, packs
from yibenzhang.evidence.samples import write_sample
from yibenzhang.evidence.sources import Limits
from yibenzhang.evidence.words import FOLDER
from yibenzhang.model.issues import Severity
from yibenzhang.reports.evidenced import evidence_page, pack_page
from yibenzhang.reports.words import SEVERITY
from yibenzhang.standards import RuleEntry, Standards, load

DOCS = Path(__file__).resolve().parent.parent / "docs"
MADE = "<!-- 由 tools/make_docs.py 生成，请勿手改；改了标准或命令后运行 python tools/make_docs.py -->"


def rules_page() -> str:
    """Every rule of the national standards and of the regions' layers."""
    national = load()
    layers = [national, *(load(r.id) for r in national.regions)]
    rules = {i: (r, layer) for layer in layers for i, r in layer.rule_by_id.items()}
    out = ["# 规则一览", MADE, f"共 {len(rules)} 条。同样的内容可用 `yibenzhang explain 规则编号` 查看。"]
    out.append("加总和相等允许的误差不能设定：每个数可差其末位的一半，合起来超过这个数才算不成立。")
    for rule, layer in rules.values():
        out += [f"## `{rule.id}`", "\n".join(_lines(rule, layer))]
    return "\n\n".join(out) + "\n"


def _lines(rule: RuleEntry, standards: Standards) -> Iterator[str]:
    yield f"- 内容：{rule.name}"
    yield f"- 程度：{SEVERITY[Severity(rule.severity)]}"
    if rule.basis:
        yield f"- 依据：{'；'.join(standards.bases[b] for b in rule.basis)}"
    yield f"- 例子：{rule.example}"


def cli_page() -> str:
    """Every command with its arguments and options."""
    group: Any = typer.main.get_command(app)
    out = ["# 命令一览", MADE, "`ybz` 是 `yibenzhang` 的短名。任何命令加 `--help` 显示同样的内容。"]
    out.append(_parameters(group))
    for name, command in _commands(group):
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        usage = " ".join([_named(p) for p in arguments] + ["[选项]"])
        out += [f"## {name}", command.help, f"```sh\nyibenzhang {name} {usage}\n```", _parameters(command)]
    return "\n\n".join(out) + "\n"


def _commands(group: Any) -> Iterator[tuple[str, Any]]:
    """All commands, those of a group after it and under its name too."""
    for name in group.list_commands(None):
        command = typer.main.get_command(bench_app) if name == "bench" else group.get_command(None, name)
        yield name, command
        yield from _below(name, command)


def _below(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    """The commands of a group, and those of groups in it."""
    for below, one in getattr(command, "commands", {}).items():
        yield f"{name} {below}", one
        yield from _below(f"{name} {below}", one)


def _named(argument: Any) -> str:
    name = argument.name.upper() + ("..." if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _parameters(command: Any) -> str:
    rows = ["| 参数 | 说明 | 默认 |", "| --- | --- | --- |"]
    for p in command.params:
        names = [p.name.upper()] if p.param_type_name == "argument" else sorted(p.opts, key=len)
        told = (
            "必填" if p.required else "" if p.default in (None, "") or p.default is False else str(p.default)
        )
        rows.append(f"| {'、'.join(f'`{n}`' for n in names)} | {p.help or ''} | {told} |")
    return "\n".join(rows)


def evidence() -> str:
    """docs/evidence.md: what is written by hand up to the mark, then every promise with its value on sample data."""
    written = (DOCS / "evidence.md").read_text(encoding="utf-8").partition(MADE)[0].rstrip()
    with tempfile.TemporaryDirectory(prefix="ybz-") as folder:
        found = [(p, _measured(p, Path(folder) / p.id)) for p in packs().values()]
    return f"{written}\n\n{MADE}\n\n{evidence_page(found)}\n"


def _measured(pack: Pack, folder: Path) -> dict[str, Observation]:
    mapped = mapping_of(write_sample(pack, folder))
    return {o.indicator: o for o in run(mapped, period_of("2026"), "2026-12-31", Limits())}


def pages() -> dict[Path, str]:
    """Every generated page by its file."""
    out = {
        DOCS / "rules.md": rules_page(),
        DOCS / "cli.md": cli_page(),
        DOCS / "evidence.md": evidence(),
    }
    return out | {FOLDER / p.id / "README.md": pack_page(p) for p in packs().values()}


def stale() -> list[str]:
    """The pages that differ from what would be made now."""
    made = pages()
    return [
        "/".join(f.parts[-2:])
        for f, text in made.items()
        if not f.exists() or f.read_text(encoding="utf-8") != text
    ]


def main() -> int:
    if "--check" in sys.argv[1:]:
        old = stale()
        for name in old:
            print(f"{name} is out of date: run python tools/make_docs.py", file=sys.stderr)
        return 1 if old else 0
    for file, text in pages().items():
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
