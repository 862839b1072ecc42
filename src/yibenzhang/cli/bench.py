"""`yibenzhang bench`: the measuring tools stand beside the package and are there in a checkout only."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import typer

from yibenzhang.cli.common import fail

CHECKOUT = Path(__file__).resolve().parents[3]
app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
)
def bench(context: typer.Context) -> None:
    """测速度、核对率和找错的本领（只在源码目录里有）。"""
    if not (CHECKOUT / "bench" / "cli.py").is_file():
        raise fail("bench 只在本项目的源码目录里有，安装的包里没有。")
    if str(CHECKOUT) not in sys.path:
        sys.path.append(str(CHECKOUT))
    command = typer.main.get_command(import_module("bench.cli").app)
    command.main(context.args, prog_name="yibenzhang bench", standalone_mode=True)
