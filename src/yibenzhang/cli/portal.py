"""The portal from the command line."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from yibenzhang.cli.common import fail, why_not


def portal(
    ledger: Annotated[Path, typer.Option("--ledger", "-l", help="ingest 收成的账本")] = Path("ledger"),
    host: Annotated[
        str, typer.Option(help="监听的地址；给别人看时写 0.0.0.0，前面架 HTTPS 代理")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8766,
    root: Annotated[str, typer.Option(help="代理把它放在哪个路径下面，如 /ledger；不写就是根")] = "",
    data: Annotated[Path | None, typer.Option(help="publish --data 写成的开放数据，供下载")] = None,
    processes: Annotated[int, typer.Option(min=1, max=32, help="几个进程")] = 1,
    memory: Annotated[str, typer.Option(help="做索引最多用多少内存")] = "4GB",
) -> None:
    """打开门户：公开、只读的网页，查单位、项目和正文，各年并排，每个数回到印着它的那一页。先把索引补齐。"""
    import uvicorn

    from yibenzhang.ledger import index
    from yibenzhang.ledger.store import Ledger, LedgerError

    if not (ledger / "ledger.json").is_file():
        raise fail(f"{ledger} 不是账本；账本用 yibenzhang ingest 收成。")
    say = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        store = Ledger(ledger)
        if not index.fresh(store):
            say.print("正在补索引……")
            say.print(f"索引里新添 {index.refresh(store, memory=memory)} 份公开文件。")
    except LedgerError as error:
        raise fail(str(error)) from error
    except OSError as error:
        raise fail(f"索引写不进去：{why_not(error)}。") from error
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    say.print(f"门户：http://{host}:{port}{root}/　账本：{ledger}　按 Ctrl+C 结束")
    from yibenzhang.portal.serving import settings_into_environment

    settings_into_environment(ledger, data)
    uvicorn.run(
        "yibenzhang.portal.serving:app",
        factory=True,
        host=host,
        port=port,
        root_path=root,
        workers=processes,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=20,
        limit_concurrency=200,
    )
