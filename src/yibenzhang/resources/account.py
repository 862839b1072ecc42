"""一本账 of a body: money, projects, applications, data, cloud and promises on one page.

Each figure says where it stands: a page of a document, or entries of the account. What is not known is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from yibenzhang.ledger.store import Ledger
from yibenzhang.resources.account_disclosed import goals, money, promises
from yibenzhang.resources.account_evidence import evidence
from yibenzhang.resources.account_page import Account, Figure, Held, Page
from yibenzhang.resources.contradictions import looked_at, rules_of
from yibenzhang.resources.measures import measures_of
from yibenzhang.resources.measuring import last_run, rates
from yibenzhang.resources.mirror import Mirror
from yibenzhang.resources.models import Entry, Request
from yibenzhang.resources.published import counts_of, together
from yibenzhang.resources.quality_rules import rules_of as quality_rules
from yibenzhang.resources.request_lists import Asked, requests
from yibenzhang.resources.request_rules import load_rules
from yibenzhang.resources.request_time import due_on, waits_for
from yibenzhang.resources.requests import state_on
from yibenzhang.resources.schema import Schema, merged
from yibenzhang.resources.store import WITHDRAWN

SCHEMA = "yibenzhang/account/1"


def bodies(session: Session) -> list[str]:
    """The bodies that the account knows, also those that only asked for something."""
    return sorted({*_each(session, Entry.body), *_each(session, Request.body)})


def _each(session: Session, column: InstrumentedAttribute[str]) -> Iterator[str]:
    """The different values of a column with an index, one look-up each: there are few of them in many rows."""
    last = ""
    while last := session.scalar(select(func.min(column)).where(column > last)) or "":
        yield last


def account_of(
    session: Session,
    schema: Schema,
    body: str,
    as_of: date,
    ledger: Ledger | None = None,
    extra: str = "",
    mirror: Mirror | None = None,
) -> Account:
    """The page of a body as of a day. ``extra``: a layer of standards; ``mirror``: the account as kept from before."""
    with together(ledger):
        return _account(session, schema, body, as_of, ledger, extra, mirror)


def _account(
    session: Session,
    schema: Schema,
    body: str,
    as_of: date,
    ledger: Ledger | None,
    extra: str,
    mirror: Mirror | None,
) -> Account:
    words = merged(extra, "account")
    columns = (Entry.kind, Entry.code, Entry.name, Entry.state, Entry.values)
    asked = select(*columns).where(Entry.body == body, Entry.state != WITHDRAWN).order_by(Entry.id)
    by_kind: dict[str, list[Held]] = {}
    for row in session.execute(asked):
        by_kind.setdefault(row[0], []).append(Held(*row))
    page = Page(schema, words, by_kind)
    measures = measures_of(extra)
    money(page, ledger, body, as_of)
    goals(page, ledger, body)
    _projects(page)
    _applications(page)
    _data(page)
    _quality(page, session, body, extra)
    _cloud(page)
    for name, kind in (
        ("links", "link"),
        ("sites", "site"),
        ("certificates", "certificate"),
        ("products", "product"),
    ):
        _plain(page, name, kind)
    _requests(page, session, body, as_of)
    found, own = looked_at(session, schema, rules_of(extra), measures, as_of, ledger, body, body, mirror)
    promises(page, own, counts_of(ledger, body, measures) if ledger else [])
    evidence(page, ledger, body)
    return Account(body, as_of, tuple(page.sections), tuple(found))


# ---- sections ------------------------------------------------------------------------------------------


def _start(page: Page, kind: str) -> tuple[list[Held], list[Figure | None], list[str]]:
    """The entries of a kind with their number; where there are none, that this is not known."""
    some = list(page.by_kind.get(kind, ()))
    name = page.schema.kinds[kind].name
    if not some:
        return [], [], [page.unknown("no_entries", kind=name)]
    drafts = [e for e in some if e.state == "draft"]
    figures: list[Figure | None] = [page.counted("count", some, kind=name)]
    if drafts:
        figures.append(page.counted("draft", drafts))
    return some, figures, []


def _costs(page: Page, some: Sequence[Held], name: str, row: str) -> Iterator[Figure | None]:
    years = Counter(e.values.get("cost_year") for e in some if e.values.get(name) is not None)
    for year in sorted(years, key=str):
        of_year = [e for e in some if e.values.get(name) is not None and e.values.get("cost_year") == year]
        yield page.summed(page.row(row, year="？" if year is None else year), of_year, name, "元")


def _applications(page: Page) -> None:
    some, figures, unknown = _start(page, "application")
    if some:
        for status in ("in_use", "building", "suspended", "withdrawn"):
            of_status = [e for e in some if e.values.get("status") == status]
            figures += [page.counted(status, of_status)] if of_status else []
        running = [e for e in some if e.values.get("status") != "withdrawn"]
        if running:
            figures.append(page.marked("hosted", running, "hosting", ("cloud",)))
            figures.append(page.marked("graded", running, "grade", ("3", "4", "5")))
        loose = [e for e in running if not e.values.get("project")]
        figures += [page.counted("no_project", loose)] if loose else []
        figures += _costs(page, some, "running_cost", "running_cost")
    page.add("applications", figures, unknown)


def _projects(page: Page) -> None:
    some, figures, unknown = _start(page, "project")
    if some:
        figures.append(page.summed(page.row("money"), some, "money", "元"))
    page.add("built", figures, unknown)


def _data(page: Page) -> None:
    some, figures, unknown = _start(page, "data_resource")
    if some:
        fields = page.by_kind.get("field", ())
        if fields:
            figures.append(Figure(page.row("fields"), Decimal(len(fields))))
        figures.append(page.summed(page.row("records"), some, "records", ""))
        for share, names in page.schema.codes["share"].items():
            of_share = [e for e in some if e.values.get("share") == share]
            figures += [page.counted("shared", of_share, share=names[0])] if of_share else []
        silent = [e for e in some if not e.values.get("share")]
        figures += [page.counted("no_share", silent)] if silent else []
        figures.append(page.marked("open", some, "open", (True,)))
        figures.append(page.marked("managed", some, "managed", (True,)))
    page.add("data", figures, unknown)


def _quality(page: Page, session: Session, body: str, extra: str) -> None:
    results = last_run(session, body)
    if not results:
        page.add("quality", (), [page.unknown("no_quality")])
        return
    aspects = quality_rules(extra).properties
    at = max(q.at for q in results)
    cite = page.words["cites"]["run"].format(at=f"{at:%Y-%m-%d}")
    figures = []
    for r in sorted(
        rates((body, q.property, q.checked, q.passed) for q in results),
        key=lambda r: [*aspects, ""].index(r.aspect),
    ):
        title = page.row("aspect", aspect=aspects[r.aspect]) if r.aspect else page.row("rate")
        figures.append(Figure(title, r.percent, "%", cite))
    page.add("quality", figures[-1:] + figures[:-1])


def _cloud(page: Page) -> None:
    some, figures, unknown = _start(page, "cloud")
    groups: dict[tuple[str, str], list[Held]] = {}
    for e in some:
        groups.setdefault((str(e.values.get("type") or ""), str(e.values.get("measure") or "")), []).append(e)
    for (type, measure), group in sorted(groups.items()):
        measured = [
            e for e in group if e.values.get("quota") is not None and e.values.get("used") is not None
        ]
        quota, used = (
            sum((Decimal(str(e.values[k])) for e in measured), Decimal(0)) for k in ("quota", "used")
        )
        if quota:
            named = page.schema.codes["cloud"].get(type, (type,))[0]
            title = page.row("used", measure=f"{named} {measure}".strip(), quota=quota, used=used)
            share = (100 * used / quota).quantize(Decimal("0.01"))
            figures.append(Figure(title, share, "%", **page.cited(measured)))
    figures += _costs(page, some, "cost", "cost")
    page.add("cloud", figures, unknown)


def _plain(page: Page, name: str, kind: str) -> None:
    some, figures, unknown = _start(page, kind)
    if some and page.schema.kinds[kind].field("cost"):
        figures += _costs(page, some, "cost", "cost")
    page.add(name, figures, unknown)


def _requests(page: Page, session: Session, body: str, as_of: date) -> None:
    rules = load_rules(page.schema.extra)
    some = requests(session, rules, Asked(only=body), as_of)
    states = {r.code: rules.states[state_on(rules, r, as_of)] for r in some}
    asked, received = ([r for r in some if r.body == body], [r for r in some if r.provider == body])
    waiting = [r for r in received if waits_for(rules, r)[1] == body]
    late = [r for r in waiting if (due := due_on(rules, r)) is not None and due < as_of]
    listed = (
        ("asked", asked),
        ("asked_waiting", [r for r in asked if states[r.code].turn]),
        ("asked_live", [r for r in asked if states[r.code].live]),
        ("received", received),
        ("received_waiting", waiting),
        ("received_late", late),
    )
    page.add("requests", (page.counted(name, few) for name, few in listed if few))
