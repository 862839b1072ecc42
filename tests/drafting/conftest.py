"""A machine without a Chinese font prints no PDF: those tests are skipped with a clear word."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from yibenzhang.drafting.pdf import FontMissing


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    try:
        return (yield)
    except FontMissing as missing:
        pytest.skip(str(missing))


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup() -> Generator[None, object, object]:
    try:
        return (yield)
    except FontMissing as missing:
        pytest.skip(str(missing))
