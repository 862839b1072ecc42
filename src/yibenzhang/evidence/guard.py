"""Which SQL may be run on a source: one SELECT with functions that are known to read nothing but rows.

The second fence; the first is the connection, which only reads and has limits (databases.py, files.py). What is
refused here is refused for its form, so a column with a reserved name has to be quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from yibenzhang.evidence.words import EvidenceError, say

_TOKEN = re.compile(
    r"""(?P<text>'(?:[^'\\]|'')*')|(?P<quoted>"(?:[^"]|"")+"|`[^`]+`)|(?P<word>[^\W\d]\w*)"""
    r"""|(?P<number>\d+(?:\.\d+)?)|(?P<space>\s+)|(?P<sign><=|>=|<>|!=|\|\||::|[-+*/%(),.=<>:\[\]])""",
)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NEVER = _set(
    "insert update delete merge upsert create alter drop truncate grant revoke attach detach copy call exec execute"
    " pragma set reset vacuum analyze install load export import into do lock handler prepare deallocate commit"
    " rollback savepoint use describe explain show notify listen checkpoint outfile dumpfile share"
)
_BEFORE_BRACKET = _set(
    "in as over and or not exists on using when then else filter select from where by values union all any some case"
    " having distinct join between like with within group decimal numeric varchar char except intersect partition"
    " limit offset is end interval double"
)
_FUNCTIONS = _set(
    "count sum min max avg coalesce nullif cast try_cast round abs floor ceil ceiling lower upper trim ltrim rtrim"
    " length char_length substr substring replace extract date_trunc strftime julianday date datetime epoch"
    " row_number rank dense_rank lag lead first_value last_value ntile greatest least iif ifnull if concat position"
    " instr to_char to_date to_timestamp date_part datediff date_diff timestampdiff year month day hour minute mod"
    " percentile_cont percentile_disc median sign power sqrt typeof regexp_matches timestamp unix_timestamp"
)


def guarded(sql: str) -> str:
    """The same SQL, where it may be run. Raises EvidenceError."""
    sql = sql.strip().removesuffix(";").rstrip()
    called, first = "", ""
    if "--" in sql or "/*" in sql:
        raise EvidenceError(say("sql_sign", sign="--" if "--" in sql else "/*"))
    for kind, token in _tokens(sql):
        if kind == "word" and token.lower() in _NEVER:
            raise EvidenceError(say("sql_word", word=token))
        if not first and token != "(":
            first = token.lower()
        if token == "(" and called and called not in _FUNCTIONS:
            raise EvidenceError(say("sql_function", name=called))
        called = _callable(kind, token)
    if first not in ("select", "with"):
        raise EvidenceError(say("sql_select"))
    return sql


def _tokens(sql: str) -> Iterator[tuple[str | None, str]]:
    """The tokens of one statement without blanks. Raises EvidenceError where a sign belongs to none."""
    at = 0
    while at < len(sql):
        found = _TOKEN.match(sql, at)
        if found is None:
            raise EvidenceError(say("sql_several" if sql[at] == ";" else "sql_sign", sign=sql[at]))
        at = found.end()
        if found.lastgroup != "space":
            yield found.lastgroup, found.group()


def _callable(kind: str | None, token: str) -> str:
    """What a bracket after this token would call; nothing where it opens a list or a query."""
    if kind == "quoted":
        return token[1:-1].lower()
    if kind == "word" and token.lower() not in _BEFORE_BRACKET:
        return token.lower()
    return ""


def masked(error: BaseException) -> str:
    """The first line of a driver's error without what may be a value of a row or an address with a password."""
    lines = str(error).splitlines()
    line = re.sub(r"""'[^']*'|"[^"]*"|“[^”]*”""", "…", lines[0] if lines else "")
    line = re.sub(r"\S+://\S+", "…", line)
    return f"{type(error).__name__}：{line}"[:200]
