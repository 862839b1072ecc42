"""The words by which a text tells the money that is under goals; see goal_funds.toml."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from yibenzhang.model.patterns import late


@dataclass(frozen=True, slots=True)
class GoalFundWords:
    """``funds``: the words that end before the amount; ``chosen``: only some projects are meant; ``counted``: so
    many projects may be some of them, ``every_counted``: all of them, counted; ``of_all``: a share of all is held
    against all, ``in_full``: all of it; ``and_others``: other funds are listed with it; ``on_projects`` and
    ``in_all``: rows and columns that tell what all projects, and what everything, come to."""

    goals: re.Pattern[str]
    funds: re.Pattern[str]
    chosen: re.Pattern[str]
    counted: re.Pattern[str]
    every_counted: re.Pattern[str]
    of_all: re.Pattern[str]
    in_full: re.Pattern[str]
    and_others: re.Pattern[str]
    all: re.Pattern[str]
    overall: str
    projects: str
    fund_words: tuple[str, ...]
    on_projects: tuple[str, ...]
    in_all: tuple[str, ...]


@lru_cache(maxsize=1)
def goal_fund_words() -> GoalFundWords:
    """The shipped words."""
    with Path(__file__).with_name("goal_funds.toml").open("rb") as f:
        data = tomllib.load(f)
    return GoalFundWords(
        goals=late(data["goals"]),
        funds=late(data["funds"]),
        chosen=late(data["chosen"]),
        counted=late(data["counted"]),
        every_counted=late(data["every_counted"]),
        of_all=late(data["of_all"]),
        in_full=late(data["in_full"]),
        and_others=late(data["and_others"]),
        all=late(data["all"]),
        overall=data["overall"],
        projects=data["projects"],
        fund_words=tuple(data["fund_words"]),
        on_projects=tuple(data["on_projects"]),
        in_all=tuple(data["in_all"]),
    )
