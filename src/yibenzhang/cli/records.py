"""Records in a folder or a database as commands open them; what goes wrong becomes one sentence."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from yibenzhang.cli.common import fail
from yibenzhang.office.access import NotHere, Refused
from yibenzhang.office.database import Database, DatabaseError, engine_of, unavailable
from yibenzhang.office.file_store import closed


@contextmanager
def records(folder: Path, address: str, prepare: Callable[[Engine], None]) -> Iterator[Session]:
    """A session on the database at ``address``, else on the one in ``folder``, which is made where there is none;
    ``prepare`` brings its tables up to date."""
    try:
        if not address:
            os.umask(0o077)
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if closed(folder):
                print(f"账本文件夹 {folder} 原来别的用户也能打开，已改为只有本人能用。", file=sys.stderr)
        engine = engine_of(address, folder.resolve())
        try:
            prepare(engine)
            with Database(engine).session() as session:
                yield session
        finally:
            engine.dispose()
    except (DatabaseError, NotHere, Refused) as error:
        raise fail(str(error)) from error
    except SQLAlchemyError as error:
        if not unavailable(error):
            raise
        raise fail("数据库连不上，没有保存；请检查地址和数据库服务后重试。") from error
    except OSError as error:
        raise fail(f"账本文件夹不能用：{error.strerror}：{error.filename}") from error
