"""The command for 一本账: all that is known of a body on one page."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from yibenzhang.cli.claims import AsOf, LedgerOption, day_of, opened_ledger
from yibenzhang.cli.common import Layer, fail
from yibenzhang.cli.resources import Format, account, say, schema_of
from yibenzhang.cli.serve import DEFAULT, Folder
from yibenzhang.cli.serve import Database as Address
from yibenzhang.standards import StandardsError


def account_page(
    body: Annotated[str, typer.Argument(help="单位的全称；不写则列出账上有的单位", show_default=False)] = "",
    ledger: LedgerOption = None,
    as_of: AsOf = "",
    format: Format = "text",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """一本账：一个单位的钱、项目、应用、数据、云、承诺在一页上，每个数写明出处，不知道的写明不知道。"""
    from yibenzhang.resources.account import account_of, bodies
    from yibenzhang.resources.account_report import lines, report
    from yibenzhang.resources.published import bodies_of

    schema = schema_of(standards)
    day, store = day_of(as_of), opened_ledger(ledger)
    try:
        with account(folder, database) as session:
            known = sorted({*bodies(session), *(bodies_of(store) if store else ())})
            if body not in known:
                if not body:
                    for name in known:
                        say(name)
                    return
                near = [b for b in known if body in b]
                raise fail(f"账上和账本里都没有“{body}”。" + (f"有：{'、'.join(near[:10])}" if near else ""))
            made = account_of(session, schema, body, day, store, standards)
    except StandardsError as error:
        raise fail(str(error)) from error
    if format == "json":
        page: dict[str, Any] = report(made)
        print(json.dumps(page, ensure_ascii=False, indent=2))
        return
    for line in lines(schema, made):
        say(line)
