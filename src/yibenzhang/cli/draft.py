"""The command draft: from approved figures to the whole disclosure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from yibenzhang.cli.common import Bounds, Layer, bounds, fail
from yibenzhang.drafting.figures import Figures
from yibenzhang.drafting.omitted import by_heading, omitted
from yibenzhang.drafting.parts import FontMissing, Grid
from yibenzhang.drafting.pipeline import WRITERS, Prepared, prepare, write_all
from yibenzhang.drafting.published import before_the_next, earlier, figures_of, is_workbook, published
from yibenzhang.drafting.schema import schema
from yibenzhang.drafting.source import TextAmount
from yibenzhang.drafting.template import write_prefilled, write_template
from yibenzhang.drafting.workbook import WorkbookError, read_workbook
from yibenzhang.model.amounts import narrow
from yibenzhang.model.issues import Issue, Severity
from yibenzhang.model.places import SheetPlace
from yibenzhang.processes.confined import within
from yibenzhang.processes.confining import Limits
from yibenzhang.reading import ReadingError
from yibenzhang.reports.words import SEVERITY
from yibenzhang.standards import StandardsError

_WAN = Decimal(10000)


def draft(
    workbook: Annotated[str, typer.Argument(help="填好的工作簿（用 --new 生成空的）")] = "",
    new: Annotated[str, typer.Option("--new", help="生成空工作簿：budget 预算，accounts 决算")] = "",
    region: Annotated[str, typer.Option(help="样式：hubei、shanghai、jiangsu、national")] = "national",
    year: Annotated[int, typer.Option(help="空工作簿的年度，决定科目名称")] = 2026,
    source: Annotated[
        list[str] | None,
        typer.Option("--from", help="用一份已公开的文件代替工作簿；文字和表分开的，两个文件各写一次"),
    ] = None,
    last: Annotated[
        str, typer.Option("--last", help="上年的文件或工作簿，用来算增减；与 --new 一起用，上年数先填好")
    ] = "",
    budget: Annotated[
        str,
        typer.Option(
            "--budget", help="预算的文件或工作簿，决算用来算完成率；与 --new 一起用，年初预算先填好"
        ),
    ] = "",
    notes: Annotated[
        Path | None, typer.Option(help="回答（TOML）：职能、机构、增减原因，表里没有的数、上年数")
    ] = None,
    ask: Annotated[Path | None, typer.Option(help="缺的文字和数写成一份待填的 TOML；已有的回答保留")] = None,
    out: Annotated[Path, typer.Option(help="写到哪个文件夹；--new 时是文件名或文件夹")] = Path(),
    format: Annotated[
        str, typer.Option("--format", "-f", help="逗号分隔：" + ",".join(WRITERS))
    ] = "docx,pdf",
    allow_doubts: Annotated[bool, typer.Option("--allow-doubts", help="只有疑问、没有错误时也生成")] = False,
    standards: Layer = "",
    limits: Bounds = "",
) -> None:
    """由批准的数字生成整份公开文本。退出码：0 已生成，1 数字不平或缺内容（不写任何文件），2 不能运行。"""
    most = bounds(limits)
    formats = _formats(format)
    if sum(map(bool, (workbook, new, source))) != 1:
        raise fail("请给出工作簿、--from 文件或 --new 之一。")
    with _failures():
        if new:
            _new(new, region, year, out, last or budget, standards, most)
            return
        answers = _notes(notes)
        figures, grids, spoken = _figures(workbook, source or [], answers, standards, most)
        figures = _compared(figures, last, budget, standards, most)
        prepared = prepare(figures, standards, grids)
        left = omitted(prepared.composed.draft, spoken)
        if not prepared.ready:
            _tell(prepared, ask, grids is None, left)
            if prepared.asks or not allow_doubts or prepared.errors:
                raise typer.Exit(1)
        _tell_silent(prepared)
        _tell_omitted(left)
        for path in write_all(prepared.composed.draft, out, formats):
            print(path)
        counted = prepared.checked.coverage
        Console(stderr=True, highlight=False).print(
            f"已核对 {counted.numbers} 个数，{counted.proved} 个有据可证，"
            + (f"有 {len(prepared.wrong)} 处疑问。" if prepared.wrong else "没有不符。")
        )


def _formats(asked: str) -> list[str]:
    formats = [f.strip() for f in asked.split(",") if f.strip()]
    if unknown := [f for f in formats if f not in WRITERS]:
        raise fail(f"不认识的格式 {unknown[0]}，可用的是 {'、'.join(WRITERS)}。")
    return formats


@contextmanager
def _failures() -> Iterator[None]:
    """What can go wrong while a draft is made, as sentences and exit statuses."""
    try:
        yield
    except WorkbookError as error:
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        console.print(f"工作簿有 {len(error.errors)} 处要改，没有生成任何文件：")
        for e in error.errors:
            console.print(Text(f"  {e}"))
        raise typer.Exit(1) from error
    except (StandardsError, ReadingError, FontMissing) as error:
        raise fail(str(error)) from error
    except OSError as error:
        raise fail(f"没有写成：{error.strerror}：{error.filename}") from error


def _new(stage: str, region: str, year: int, out: Path, before: str, standards: str, most: Limits) -> None:
    """The empty workbook; with what a document ``before`` it tells beforehand, where one is given."""
    if stage not in ("budget", "accounts"):
        raise fail(f"--new 只能是 budget 或 accounts，不是 {stage}。")
    known: Figures | None = None
    if before:
        known = within(before_the_next, (before, stage, standards), most)
        region = known.family
    path = out if out.suffix == ".xlsx" else out / f"编制工作簿-{region}-{stage}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    if known is None:
        write_template(path, stage, region, year)
    else:
        write_prefilled(path, known)
    print(path)


def _notes(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise fail(f"{path}：格式有误：{error}") from error


_NUMBERS = ("extra", "last", "planned", "counts")
_UNSAID = "-"
"""An answer to what a figure is, or was last year: nothing is to be said of it."""


def _texts(answers: dict[str, Any], before: str = "") -> dict[str, str]:
    """Texts by dotted key, as the file for the answers has them; tables are keys with a point."""
    out: dict[str, str] = {}
    for key, value in answers.items():
        name = f"{before}{key}"
        if isinstance(value, dict):
            out |= _texts(value, f"{name}.")
        elif isinstance(value, bool):
            out[name] = next(word for word, v in schema().choices["yes"].items() if bool(v) == value)
        else:
            out[name] = "\n".join(map(str, value)) if isinstance(value, list) else str(value)
    return out


@dataclass(frozen=True)
class _Answers:
    """What the notes tell: texts, amounts in 元 and counts by name; ``unsaid`` are figures whose change is not told,
    ``left_out`` those of which nothing is said."""

    notes: dict[str, str]
    numbers: dict[str, dict[str, Decimal]]
    unsaid: frozenset[str]
    left_out: frozenset[str] = frozenset()

    def over(self, figures: Figures) -> Figures:
        first = schema().choices["yes"].get(self.notes.get("first_year", ""))
        return replace(
            figures,
            notes={**figures.notes, **self.notes},
            extra={**figures.extra, **self.numbers["extra"]},
            last={**figures.last, **self.numbers["last"]},
            planned={**figures.planned, **self.numbers["planned"]},
            counts={**figures.counts, **{k: int(v) for k, v in self.numbers["counts"].items()}},
            complete=figures.complete or bool(first),
            unsaid=figures.unsaid | self.unsaid,
            left_out=figures.left_out | self.left_out,
        )


def _answers(data: dict[str, Any]) -> _Answers:
    numbers: dict[str, dict[str, Decimal]] = {name: {} for name in _NUMBERS}
    notes: dict[str, str] = {}
    silent: dict[str, set[str]] = {"last": set(), "extra": set()}
    for key, text in _texts(data).items():
        table, _, name = key.partition(".")
        if table not in numbers or not name:
            notes[key] = text
        elif text.strip() == _UNSAID and table in silent:
            silent[table].add(name)
        elif text.strip():
            numbers[table][name] = _number(table, name, text)
    return _Answers(notes, numbers, frozenset(silent["last"]), frozenset(silent["extra"]))


def _number(table: str, name: str, text: str) -> Decimal:
    """An amount in 万元 as 元, a count as it is."""
    counted = table == "counts"
    try:
        value = Decimal(narrow(text).strip().replace(",", ""))
    except InvalidOperation:
        value = Decimal("NaN")
    if (
        not value.is_finite()
        or abs(value) >= Decimal(10) ** 15
        or (counted and (value < 0 or value != int(value)))
    ):
        raise fail(f"[{table}] {name} 应是{'整数' if counted else '数（万元）'}，填的是“{text[:30]}”。")
    return value if counted else value * _WAN


def _figures(
    workbook: str, source: list[str], given: dict[str, Any], standards: str, most: Limits
) -> tuple[Figures, list[Grid] | None, tuple[TextAmount, ...]]:
    answers = _answers(given)
    spoken: tuple[TextAmount, ...] = ()
    if source:
        found = within(published, (source, standards), most.times(len(source)))
        if (
            not found.profile.body
            or not found.profile.fiscal_year
            or not any(g.standard for g in found.grids)
        ):
            raise fail(
                f"{'、'.join(source)}：没有认出单位、年度或任何标准表；表在另一个文件的，--from 再写一次。"
            )
        figures, grids, spoken = figures_of(found, {}), list(found.grids), found.source.spoken
    else:
        figures, grids = read_workbook(workbook, standards), None
    return answers.over(figures), grids, spoken


def _earlier(path: str, stage: str, region: str, standards: str, most: Limits) -> dict[str, Decimal]:
    arguments = (path, stage, region, standards)
    if is_workbook(Path(path)):
        return earlier(*arguments)
    found: dict[str, Decimal] = within(earlier, arguments, most)
    return found


def _compared(figures: Figures, last: str, budget: str, standards: str, most: Limits) -> Figures:
    if last:
        before = _earlier(last, figures.stage, figures.family, standards, most)
        figures = replace(figures, last={**before, **figures.last})
    if budget:
        planned = _earlier(budget, "budget", figures.family, standards, most)
        figures = replace(figures, planned={**planned, **figures.planned})
    return figures


def _tell(prepared: Prepared, ask: Path | None, made: bool, left: list[TextAmount]) -> None:
    """What keeps the draft from being written; doubts wait until nothing is missing. ``made``: from a workbook."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    wrong = [f for f in prepared.wrong if f.severity == Severity.ERROR or not prepared.asks]
    if wrong:
        console.print(f"检查出 {_counted(wrong)}（有错误就不生成任何文件）：")
        for f in wrong:
            console.print(Text(f"  {SEVERITY[f.severity]} {f.rule}：{f.message}"))
            for e in f.evidence:
                where = (
                    e.place if isinstance(e.place, SheetPlace) else "（由明细算出）" if made else "（草稿）"
                )
                console.print(Text(f"      {where}  {e.words}  {e.text}"))
    if prepared.asks:
        console.print(
            f"还缺 {len(prepared.asks)} 处内容，没有生成任何文件（写在工作簿或 --notes 的 TOML 里；"
            "不知道的不会写成没有）："
        )
        for a in prepared.asks:
            console.print(Text(f"  {a.key}：{a.question}"))
        if ask:
            _write_asks(prepared, ask, left)
            console.print(f"待填的内容：{ask}")


def _counted(wrong: list[Issue]) -> str:
    errors = sum(f.severity == Severity.ERROR for f in wrong)
    counts = [(errors, "错误"), (len(wrong) - errors, "疑问")]
    return "、".join(f"{n} 处{word}" for n, word in counts if n)


def _write_asks(prepared: Prepared, path: Path, left: list[TextAmount]) -> None:
    """The questions above what the file has already: answers that were given stay. Below them, as remarks, what the
    source says and the draft does not."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    known = _texts(_notes(path)) if before else {}
    lines = [f'# {a.question}\n"{a.key}" = ""\n' for a in prepared.asks if a.key not in known]
    if left and not before:
        lines.append(f"# {_OMITTED.format(n=len(left))}\n")
        lines += [f"#   {a.heading}：{a.clause}" for a in left]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*lines, before] if before else lines), encoding="utf-8")


_OMITTED = "来源正文里有 {n} 个金额，草稿的文字没有写（要写的，整段写在 more 里，印在最后一节）："


def _tell_omitted(left: list[TextAmount]) -> None:
    """Where the source says amounts that the draft does not."""
    if not left:
        return
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(_OMITTED.format(n=len(left)))
    for heading, amounts in by_heading(left).items():
        more = f" 等 {len(amounts)} 个" if len(amounts) > 2 else ""
        console.print(Text(f"  {heading or '（正文）'}：" + "、".join(a.clause for a in amounts[:2]) + more))


def _tell_silent(prepared: Prepared) -> None:
    """Lines whose change is not told, because nobody said what they were last year."""
    lines = prepared.composed.silent
    if lines:
        Console(stderr=True, highlight=False, soft_wrap=True).print(
            f"{len(lines)} 个科目没有上年数，没有写增减（{'、'.join(lines[:3])}{' 等' if len(lines) > 3 else ''}）；"
            "可用 --last 给出上年的文件。"
        )
