"""The command line: which commands there are. Each is imported when it is called, so that a start costs what is
used."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from yibenzhang import __version__
from yibenzhang.cli.common import nearest
from yibenzhang.cli.values import PlainCommand, plainly
from yibenzhang.guarding import guarded

COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("check:check", "检查文件、文件夹和压缩包"),
    "tables": ("listing:tables", "列出文件里读到的每一张表"),
    "facts": ("listing:facts", "列出文件里的每一个表内数字"),
    "explain": ("rules:explain", "说明一条规则"),
    "rules": ("rules:app", "规则"),
    "draft": ("draft:draft", "由批准的数字生成整份公开文本"),
    "score": ("score:score", "按计分办法重新计算绩效自评表的得分"),
    "availability": ("availability:availability", "按合同的说法算可用率"),
    "projects": ("projects:app", "项目"),
    "evidence": ("evidence:app", "实测"),
    "hotline": ("hotline:app", "热线"),
    "supervision": ("supervision:app", "效能评估"),
    "account": ("account:account_page", "一本账"),
    "resources": ("mending:app", "资源账"),
    "ingest": ("ingest:ingest", "把公开文件收进账本"),
    "query": ("ledger:query", "问账本"),
    "publish": ("ledger:publish", "把账本公开出去"),
    "portal": ("portal:portal", "打开门户"),
    "ledger": ("ledger:app", "账本"),
    "learn": ("learn:learn", "从一个地区的文件里学不认识的词"),
    "serve": ("serve:serve", "打开工作台"),
    "user": ("user:app", "工作台的账号"),
    "bench": ("bench:app", "测速度、核对率和找错的本领"),
}
"""Name → where it stands, and the beginning of its own help: what ``--help`` says without importing any of them."""


class Commands(TyperGroup):
    """A group whose commands are imported when they are asked for; what goes wrong becomes a sentence."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in self.commands:
            self.commands[cmd_name] = _imported(cmd_name)
        return self.commands[cmd_name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        plainly(self.get_params(ctx))
        with guarded(_misspelt):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        with guarded(_misspelt):
            return super().invoke(ctx)


def _imported(name: str) -> Any:
    module, _, attribute = COMMANDS[name][0].partition(":")
    found = getattr(import_module(f"yibenzhang.cli.{module}"), attribute)
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    if not isinstance(found, typer.Typer):
        alone.command(cls=PlainCommand)(found)
    elif (
        len(found.registered_commands) == 1 and not found.registered_groups
    ):  # one command with settings of its own
        alone = found
    else:
        alone.add_typer(found, name=name)
        group: Any = typer.main.get_command(alone)
        return group.commands[name]
    command = typer.main.get_command(alone)
    command.name = name
    return command


def _misspelt(error: Any) -> str:
    """What a usage error says, with the nearest of what there is; empty where it says enough."""
    context = error.ctx
    option = getattr(error, "option_name", "")
    if option and type(error).__name__ == "NoSuchOption":
        known = [o for p in context.command.params for o in (*p.opts, *p.secondary_opts) if o.startswith("-")]
        return f"没有选项 {option}。{nearest(option, known)}"
    group = context.command if context is not None else None
    if isinstance(group, TyperGroup) and "No such command" in error.message:
        word = (error.message.split("'") + ["", ""])[1]
        return f"没有命令 {word}。{nearest(word, group.list_commands(context))}"
    return f"缺少 {error.param.name}。" if type(error).__name__ == "MissingParameter" and error.param else ""


app = typer.Typer(
    cls=Commands,
    help="一本账：读部门预算和部门决算，核对每一个数字。 Reads budgets and accounts, proves their numbers.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


def _version(value: bool) -> None:
    if value:
        print(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="版本")
    ] = False,
) -> None:
    pass


def main() -> None:
    """The same as ``yibenzhang.__main__.main``, for those who call it here."""
    from yibenzhang.__main__ import main as run

    run()
