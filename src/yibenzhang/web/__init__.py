"""The workbench in the browser."""

from __future__ import annotations

from starlette.convertors import IntegerConvertor, register_url_convertor


class _Number(IntegerConvertor):
    """A number that both databases can hold; a longer one is the address of nothing."""

    regex = "[0-9]{1,9}"


register_url_convertor("int", _Number())
