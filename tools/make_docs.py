"""Make docs/rules.md from the standards, docs/cli.md from the command line's own help, docs/evidence.md, the pages of
packs, and the picture of what a file may become in docs/workbench.md.

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
from yibenzhang.office.models import State
from yibenzhang.office.states import Table, table
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


_STATES_END = "<!-- 状态图到此为止 -->"
_LEFT = (State.SUPERSEDED, State.WITHDRAWN)
"""The states of a version that no longer counts; all others are drawn as one group."""


def workbench() -> str:
    """docs/workbench.md: written by hand, with the table of states between two marks."""
    written = (DOCS / "workbench.md").read_text(encoding="utf-8")
    before, _, rest = written.partition(MADE)
    return f"{before}{MADE}\n\n{states_picture(table())}\n\n{_STATES_END}{rest.partition(_STATES_END)[2]}"


def states_picture(known: Table) -> str:
    """The table of transitions as a picture and as a table."""
    group = [s for s in State if s not in _LEFT]
    out = ["```mermaid", "stateDiagram-v2", '  state "在办" as open {']
    out += [f'    state "{known.states[s]}" as {s.value}' for s in group]
    out += ["  }", *(f'  state "{known.states[s]}" as {s.value}' for s in _LEFT)]
    out += [f"  {a} --> {b}: {'、'.join(names)}" for (a, b), names in _edges(known, group).items()]
    out += ["```", "", f"| 发生什么 | 刚收到 | {' | '.join(known.states[s] for s in State)} |"]
    out.append("| --- " * (len(State) + 2) + "|")
    for event, name in known.events.items():
        cells = [(s, known.steps.get((s, event))) for s in (None, *State)]
        out.append(
            f"| {name} | {' | '.join('' if b is None else '不变' if a == b else known.states[b] for a, b in cells)} |"
        )
    return "\n".join([*out, "", "空着的格是不能发生的，程序会拒绝并说明。"])


def _edges(known: Table, group: list[State]) -> dict[tuple[str, str], list[str]]:
    """{(from, to): what leads there}; what leads there from every state of the group is drawn once."""
    out: dict[tuple[str, str], list[str]] = {}
    for event, name in known.events.items():
        steps = [(a, b) for (a, e), b in known.steps.items() if e == event]
        to = next(b for a, b in steps if a != b or len({b for _, b in steps}) == 1)
        from_ = [a for a, b in steps if b == to]
        whole = set(group) <= set(from_)
        for a in ["open", *(s for s in from_ if s not in group)] if whole else from_:
            if a != to:
                out.setdefault(("[*]" if a is None else str(a), to.value), []).append(name)
    return out


def pages() -> dict[Path, str]:
    """Every generated page by its file."""
    out = {
        DOCS / "rules.md": rules_page(),
        DOCS / "cli.md": cli_page(),
        DOCS / "evidence.md": evidence(),
        DOCS / "workbench.md": workbench(),
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
