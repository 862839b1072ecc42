"""Pictures of the portal as SVG: where the money comes from and goes to, and how a number went over the years."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from markupsafe import Markup

from yibenzhang.ledger.index import rows
from yibenzhang.portal.reading import Disclosure, Number, label_name, wan, words

WIDTH, _BAR, _PAD, _LEAST = 960, 14, 10, 1.5
_HEIGHT = 360
_COLOURS = ("#2c6fc0", "#d0700f", "#4a9d5f", "#8d4a9e", "#b3261e", "#8b95a3", "#0f7b83", "#a3841a")
REST = "没有单独列出的"
_MOST = 10


@dataclass(frozen=True, slots=True)
class Flow:
    """Money from one node to another, in 元."""

    source: str
    target: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Flows:
    """A Sankey diagram: ``columns`` of nodes from left to right, the flows between them, and the same as a table."""

    columns: tuple[tuple[str, ...], ...]
    flows: tuple[Flow, ...]

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        return [(f.source, f.target, wan(f.value)) for f in self.flows]


def flows_of(numbers: Sequence[Number]) -> Flows | None:
    """From sources over functions to basic spending and projects, as one document tells it; None where it does not add
    up: nothing is drawn that the document does not say."""
    one = {(n.row, n.label): n.value for n in numbers}
    total = one.get(("expenditure", ""))
    if not total or total <= 0:
        return None
    sources, functions = _sources(one), _functions(one)
    left, middle = _filled(sources, total), _filled(functions, total)
    if not left or not middle:
        return None
    whole = label_name("expenditure", "")
    names = {k: label_name("function", k) for k in middle}
    middle, names = _largest(middle, names)
    uses = [Flow(names[c], use, v) for c, total_of in middle.items() for use, v in _uses(one, c, total_of)]
    into = [Flow(name, whole, value) for name, value in left.items()]
    out = [Flow(whole, names[k], value) for k, value in middle.items()]
    columns = [tuple(left), (whole,), tuple(names[k] for k in middle)]
    columns += [tuple(dict.fromkeys(f.target for f in uses))] if uses else []
    return Flows(tuple(columns), (*into, *out, *uses))


_Values = Mapping[tuple[str, str], Decimal]


def _sources(one: _Values) -> dict[str, Decimal]:
    """Income by source and what was carried in, by name."""
    out = {label_name("source", k): v for (row, k), v in one.items() if row == "source" and v > 0}
    if (carried := one.get(("carried_in", ""), Decimal(0))) > 0:
        out[label_name("carried_in", "")] = carried
    return out


def _functions(one: _Values) -> dict[str, Decimal]:
    """Expenditure by the classes of functions, by code: of all funds, else of the general budget."""
    for wanted in ("function", "general"):
        if found := {k: v for (row, k), v in one.items() if row == wanted and len(k) == 3 and v > 0}:
            return found
    return {}


def _uses(one: _Values, code: str, total: Decimal) -> Iterator[tuple[str, Decimal]]:
    """Basic spending and projects of a function; nothing where they are more than it."""
    parts = {label_name(r, ""): one.get((f"function_{r}", code), Decimal(0)) for r in ("basic", "project")}
    if sum(parts.values()) <= total:
        yield from ((use, amount) for use, amount in parts.items() if amount > 0)


def _filled(parts: Mapping[str, Decimal], total: Decimal) -> dict[str, Decimal]:
    """The parts with what they lack of the whole; nothing where there are none, or they are more than it."""
    rest = total - sum(parts.values(), Decimal(0))
    if not parts or rest < -total / 1000:
        return {}
    out = dict(sorted(parts.items(), key=lambda x: -x[1]))
    return out | ({REST: rest} if rest > total / 1000 else {})


def _largest(parts: dict[str, Decimal], names: dict[str, str]) -> tuple[dict[str, Decimal], dict[str, str]]:
    """The largest of many; the others together."""
    if len(parts) <= _MOST:
        return parts, names
    kept = dict(list(parts.items())[: _MOST - 1])
    kept["others"] = sum(list(parts.values())[_MOST - 1 :], Decimal(0))
    return kept, {**names, "others": f"其余 {len(parts) - _MOST + 1} 类"}


def sankey(flows: Flows, title: str) -> Markup:
    """The diagram; every node has its name and amount beside it."""
    sizes: dict[str, Decimal] = defaultdict(Decimal)
    into: dict[str, Decimal] = defaultdict(Decimal)
    for f in flows.flows:
        sizes[f.source] += f.value
        into[f.target] += f.value
    for name, value in into.items():
        sizes[name] = max(sizes[name], value)
    total = max(sum((sizes[n] for n in c), Decimal(0)) for c in flows.columns)
    height = max(_HEIGHT, 34 * max(len(c) for c in flows.columns))
    scale = (height - _PAD * max(len(c) for c in flows.columns)) / float(total)
    step = (WIDTH - 330) / max(len(flows.columns) - 1, 1)
    place: dict[str, tuple[float, float, float]] = {}
    for k, column in enumerate(flows.columns):
        long = sum(max(float(sizes[n]) * scale, _LEAST) for n in column) + _PAD * (len(column) - 1)
        y = max((height - long) / 2, 0)
        for name in column:
            size = max(float(sizes[name]) * scale, _LEAST)
            place[name] = (160 + k * step, y, size)
            y += max(size, 24) + _PAD if size < 24 else size + _PAD
    bottom = max(y + size for _, y, size in place.values()) + 24
    return Markup(
        f'<svg class="flows" viewBox="0 0 {WIDTH} {bottom:.0f}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{_bands(flows, place, scale)}{_nodes(flows, place, sizes)}</svg>"
    )


def _bands(flows: Flows, place: Mapping[str, tuple[float, float, float]], scale: float) -> str:
    out: list[str] = []
    offset_out: dict[str, float] = defaultdict(float)
    offset_in: dict[str, float] = defaultdict(float)
    order = {n: k for c in flows.columns for k, n in enumerate(c)}
    for f in flows.flows:
        x0, y0, _ = place[f.source]
        x1, y1, _ = place[f.target]
        size = max(float(f.value) * scale, 0.75)
        a, b = y0 + offset_out[f.source] + size / 2, y1 + offset_in[f.target] + size / 2
        offset_out[f.source] += size
        offset_in[f.target] += size
        middle = (x0 + _BAR + x1) / 2
        colour = _COLOURS[
            order[f.target if len(place) > 2 and f.target in flows.columns[-1] else f.source] % len(_COLOURS)
        ]
        out.append(
            f'<path d="M{x0 + _BAR:.1f},{a:.1f} C{middle:.1f},{a:.1f} {middle:.1f},{b:.1f} '
            f'{x1:.1f},{b:.1f}" fill="none" '
            f'stroke="{colour}" stroke-opacity="0.35" '
            f'stroke-width="{size:.2f}"><title>{escape(f.source)} → {escape(f.target)} '
            f"{wan(f.value)} 万元</title></path>"
        )
    return "".join(out)


def _nodes(
    flows: Flows, place: Mapping[str, tuple[float, float, float]], sizes: Mapping[str, Decimal]
) -> str:
    out = []
    for k, column in enumerate(flows.columns):
        for name in column:
            x, y, size = place[name]
            left = k == 0
            at, anchor = (x - 6, "end") if left else (x + _BAR + 6, "start")
            shown = name if len(name) <= 13 else name[:12] + "…"
            out.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{_BAR}" height="{size:.1f}" '
                f'fill="#1f3a5f"><title>{escape(name)}</title></rect>'
                f'<text x="{at:.1f}" y="{y + min(size / 2, 10) + 3:.1f}" text-anchor="{anchor}">{escape(shown)}</text>'
                f'<text x="{at:.1f}" y="{y + min(size / 2, 10) + 17:.1f}" text-anchor="{anchor}" '
                f'class="amount">{wan(sizes[name])}</text>'
            )
    return "".join(out)


def years_chart(
    title: str, names: Sequence[str], series: Sequence[tuple[str, Sequence[Decimal | None]]]
) -> Markup:
    """Columns over the years, a group for each: the numbers stand above them."""
    full = max((v for _, values in series for v in values if v is not None), default=Decimal(0))
    if full <= 0 or not names:
        return Markup("")
    group = len(series) * 74
    width, height = 40 + len(names) * (group + 24), 230
    out = []
    for k, name in enumerate(names):
        x = 30 + k * (group + 24)
        out.append(
            f'<text x="{x + group / 2:.0f}" y="{height - 6}" text-anchor="middle">{escape(name)}</text>'
        )
        each = group / len(series)
        for n, (called, values) in enumerate(series):
            value = values[k]
            if value is None:
                continue
            size = max(float(value / full) * 160, 1) if value > 0 else 0
            top = height - 28 - size
            at = x + n * each
            out.append(
                f'<rect x="{at + 3:.1f}" y="{top:.1f}" width="{each - 6:.1f}" height="{size:.1f}" '
                f'fill="{_COLOURS[n]}"><title>{escape(called)} '
                f'{wan(value)} 万元</title></rect><text x="{at + each / 2:.1f}" '
                f'y="{top - 4 - (n % 2) * 11:.1f}" text-anchor="middle" '
                f'class="amount">{wan(value)}</text>'
            )
    legend = "".join(
        f'<rect x="{30 + n * 130}" y="2" width="12" height="12" fill="{_COLOURS[n]}"/><text '
        f'x="{46 + n * 130}" y="13">{escape(called)}</text>'
        for n, (called, _) in enumerate(series)
    )
    return Markup(
        f'<svg class="years" viewBox="0 -6 {max(width, 430)} {height + 6}" '
        f'style="max-width:{max(width, 430)}px" role="img" '
        f'aria-label="{escape(title)}"><title>{escape(title)}</title>{legend}{"".join(out)}</svg>'
    )


def charts_of(columns: Sequence[Disclosure], numbers: Sequence[Number]) -> list[tuple[str, Markup]]:
    """How the totals went over the years, where there is more than one."""
    at = {(n.d, n.row): n.value for n in numbers if not n.label}
    out = []
    for stage, level in dict.fromkeys((c.stage, c.level) for c in columns):
        found = [c for c in columns if (c.stage, c.level) == (stage, level)]
        if len(found) < 2:
            continue
        title = f"{words()['stage'][stage]}{'（单位）' if level == 'unit' else ''}"
        series = [
            (rows()[r].name, [at.get((c.d, r)) for c in found]) for r in ("expenditure", "basic", "project")
        ]
        if picture := years_chart(title, [str(c.year) for c in found], series):
            out.append((title, picture))
    return out
