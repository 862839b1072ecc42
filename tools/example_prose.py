"""The long text of the examples: what the standard paragraphs of each family quote, worked out from the books."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from example_data import (
    CENT,
    ECONOMICS,
    FUNCTIONS,
    FUNCTIONS_2018,
    WORDS,
    ZERO,
    Accounts,
    Figures,
    Ledger,
    money,
    percent,
    running_cost,
    three_public,
    wan,
    wan_even,
)

Show = Callable[[Decimal], str]
HEADS = "一二三四五六七八九十"


class Writer:
    """Sentences about amounts: the change against a year before that the seed invents, shares, lists."""

    def __init__(self, family: str, book: Ledger, show: Show) -> None:
        self.words = WORDS[family]
        self.text = self.words["text"]
        self.rng = random.Random(self.words["seed"] + 7)
        self.book = book
        self._show = show
        factors: dict[tuple[str, str], Decimal] = {}
        last = []
        for e in book.entries:
            key = (e.function, e.project)
            steady = self.rng.random() < 0.2
            drawn = Decimal(1000 if steady else self.rng.randint(780, 1130)) / 1000
            last.append(replace(e, amount=(e.amount * factors.setdefault(key, drawn)).quantize(CENT)))
        self.last = Ledger(tuple(last))
        """The year before: every item and project, one in five of them unchanged."""

    def show(self, amount: Decimal) -> str:
        return self._show(amount) or "0"

    def path(self, code: str, names: dict[str, str], *, deep: bool = False) -> str:
        top = "" if deep else f"{names[code[:3]]}（类）"
        return f"{top}{names[code[:5]]}（款）{names[code]}（项）"

    def reason(self, more: bool) -> str:
        return str(self.rng.choice(self.text["up" if more else "down"]))

    def change(self, of: Callable[[Ledger], Decimal]) -> str:
        """How much an amount of the book changed against last year's book."""
        return self.told(of(self.book), of(self.last))

    def invented(self, now: Decimal) -> str:
        """The same for an amount that no book holds, against an invented share of it."""
        return self.told(now, now * Decimal(self.rng.randint(780, 1130)) / 1000)

    def told(self, now: Decimal, before: Decimal) -> str:
        """ "增加 … 万元，增长 … %" and the reason, or that nothing changed."""
        shown, last = (Decimal(self.show(a).replace(",", "")) for a in (now, before))
        if shown == last:
            return str(self.text["same"])
        gap = abs(shown - last)
        rate = percent(gap, last) if last else ""
        told = str(self.text["more" if shown > last else "less"])
        return told.format(gap=f"{gap:,.2f}", rate=rate, why=self.reason(shown > last))

    def shares(self, key: str, parts: Sequence[tuple[str, Decimal]], whole: Decimal, join: str) -> str:
        """Parts of a whole, each with its amount and its share, by the template of that key."""
        told = self.text[key]
        return join.join(told.format(name=n, amount=self.show(a), share=percent(a, whole)) for n, a in parts)

    def classes(self, book: Ledger, names: dict[str, str]) -> list[tuple[str, Decimal]]:
        return [(names[c], book.sum(c)) for c in book.functions() if len(c) == 3]

    def like(self, whole: Ledger, part: Ledger) -> Ledger:
        """The entries of a book, or of last year's, that stand where those of a part of it stand."""
        kept = {(e.function, e.economic, e.project, e.source, e.unit) for e in part.entries}
        return whole.where(lambda e: (e.function, e.economic, e.project, e.source, e.unit) in kept)

    def items(self, book: Ledger, names: dict[str, str] = FUNCTIONS, *, deep: bool = False) -> str:
        """A numbered paragraph for every item of a book, with its change."""
        out: list[str] = []
        for code in (c for c in book.functions() if len(c) == 7):
            amount = book.sum(code)
            use = "、".join(book.where(lambda e, c=code: e.function == c).projects())  # type: ignore[misc]
            out.append(
                self.text["item"].format(
                    n=len(out) + 1,
                    path=self.path(code, names, deep=deep),
                    amount=self.show(amount),
                    change=self.change(lambda b, s=book, c=code: self.like(b, s).sum(c)),
                    use=use or self.text["use"],
                )
            )
        return "\n".join(out)

    def spent_on(self, *classes: str) -> str:
        book = self.book.basic
        codes = [c for c in book.economics() if len(c) == 5 and c[:3] in classes]
        return "、".join(ECONOMICS[c] for c in codes)

    def purchases(self, low: int = 20, high: int = 900) -> Figures:
        goods, works, services = (money(self.rng, low * 10000, high * 10000) for _ in range(3))
        shown = [Decimal(self.show(a).replace(",", "")) for a in (goods, works, services)]
        total = sum(shown, ZERO) * 10000
        names = ("goods", "works", "services")
        out = {n: self.show(a * 10000) for n, a in zip(names, shown, strict=True)}
        small = (total * Decimal(self.rng.randint(52, 88)) / 100).quantize(Decimal(100))
        out |= {"small": self.show(small), "small_share": percent(small, total)}
        return out | {"purchases": self.show(total), "purchases_change": self.invented(total)}

    def cars(self) -> Figures:
        kinds = [self.rng.randint(1, 6) for _ in range(3)]
        names = ("cars_a", "cars_b", "cars_c")
        return {n: str(k) for n, k in zip(names, kinds, strict=True)} | {"cars_all": str(sum(kinds))}

    def common(self) -> Figures:
        """What every family quotes."""
        book = self.book
        out = {
            f"{k}_change": self.change(lambda b, k=k: three_public(b)[k])
            for k in ("three", "abroad", "cars", "car_buy", "car_run", "reception")
        }
        out |= {"running_change": self.change(lambda b: running_cost(b).sum())}
        out |= {"wages": self.show(book.basic.sum("301")), "families": self.show(book.basic.sum("303"))}
        out |= {"wages_on": self.spent_on("301"), "families_on": self.spent_on("303")}
        out |= {"public_on": self.spent_on("302", "310"), "personnel_on": self.spent_on("301", "303")}
        out |= {
            "basic_change": self.change(lambda b: b.basic.sum()),
            "project_change": self.change(lambda b: b.project.sum()),
        }
        out["total_change"] = self.change(Ledger.sum)
        return out | self.purchases() | self.cars()


def hubei(book: Ledger) -> Figures:
    w = Writer("hubei", book, wan)
    fiscal = book.source("general", "carry")
    now = book.source("general")
    sources = [
        (n, book.source(s).sum())
        for n, s in zip(w.text["sources"], ("general", "other", "carry"), strict=True)
    ]
    kinds = [("基本支出", book.basic.sum()), ("项目支出", book.project.sum())]
    out = w.common() | {
        "sources": w.shares("shared", sources, book.sum(), "；"),
        "kinds": w.shares("shared", kinds, book.sum(), "；"),
        "fiscal": w.show(fiscal.sum()),
        "fiscal_project": w.show(fiscal.project.sum()),
        "classes": "、".join(f"{n}{w.show(a)}万元" for n, a in w.classes(fiscal, FUNCTIONS)),
        "general_change": w.change(lambda b: b.source("general").sum()),
        "items": w.items(fiscal),
        "project_general": w.show(now.project.sum()),
        "project_carry": w.show(book.source("carry").sum()),
        "project_other": w.show(book.source("other").sum()),
    }
    out["basic_share"] = percent(book.basic.sum(), fiscal.sum())
    out["project_share"] = percent(fiscal.project.sum(), fiscal.sum())
    each = zip(HEADS, book.projects(), strict=False)
    out["project_items"] = "\n".join(
        w.text["project"].format(n=n, name=p, amount=w.show(book.named(p).sum()), use=w.reason(True))
        for n, p in each
    )
    return out


def shanghai_budget(book: Ledger) -> Figures:
    w = Writer("shanghai_budget", book, wan)
    out = w.common()
    for name, part in (("fiscal", ("general", "fund")), ("general", ("general",)), ("fund", ("fund",))):
        out[f"{name}_change"] = w.change(lambda b, s=part: b.source(*s).sum())
    each = [f"{p}{w.show(book.named(p).sum())}万元" for p in book.projects()]
    return out | {"each": "、".join(each), "planned_cars": "1"}


def jiangsu(book: Ledger) -> Figures:
    w = Writer("jiangsu", book, wan_even)
    general = book.source("general")
    whole = book.sum()
    out = w.common() | {"items": w.items(general, FUNCTIONS_2018, deep=True)}
    lines = [
        w.text["class"].format(
            n=n,
            name=FUNCTIONS_2018[c].removesuffix("支出"),
            amount=w.show(book.sum(c)),
            change=w.change(lambda b, c=c: b.sum(c)),
        )
        for n, c in enumerate((c for c in book.functions() if len(c) == 3), 1)
    ]
    out["class_lines"] = "\n".join(lines)
    kinds = [("基本支出", book.basic), ("项目支出", book.project), ("单位预留机动经费", book.reserve)]
    out["kinds"] = w.shares("shared", [(n, b.sum()) for n, b in kinds], whole, "；\n") + "。"
    sources = [("一般公共预算收入", general), ("其他资金收入", book.source("other"))]
    out["sources"] = w.shares("shared", [(n, b.sum()) for n, b in sources], whole, "；\n") + "。"
    for name in ("general", "other"):
        out[f"{name}_change"] = w.change(lambda b, s=name: b.source(s).sum())
    out["reserve_change"] = w.change(lambda b: b.reserve.sum())
    on = three_public(general)
    for name in ("abroad", "cars", "reception"):
        out[f"{name}_share"] = percent(on[name], on["three"])
    out |= {"car_buy": w.show(on["car_buy"]), "car_run": w.show(on["car_run"])}
    out |= {
        "meetings_change": w.change(lambda b: b.sum("30215")),
        "training_change": w.change(lambda b: b.sum("30216")),
    }
    return out


def shanghai_accounts(accounts: Accounts) -> Figures:
    book = accounts.spent
    w = Writer("shanghai_accounts", book, wan)
    general, fiscal_in = book.source("general"), accounts.received.source("general", "fund")
    whole = general.sum()
    out = w.common()
    out["class_shares"] = w.shares("shared", w.classes(general, FUNCTIONS), whole, "；")
    lines: list[str] = []
    planned = ZERO
    for code in (c for c in general.functions() if len(c) == 7):
        spent = general.sum(code)
        plan = (spent * Decimal(w.rng.choice((940, 970, 1000, 1010, 1060, 1120))) / 1000).quantize(
            Decimal(100)
        )
        plan = Decimal(wan(plan).replace(",", "")) * 10000
        spent = Decimal(wan(spent).replace(",", "")) * 10000
        planned += plan
        word = w.text["level" if plan == spent else "above" if spent > plan else "below"]
        lines.append(
            w.text["item"].format(
                n=len(lines) + 1,
                path=w.path(code, FUNCTIONS),
                plan=w.show(plan),
                amount=w.show(spent),
                done=percent(spent, plan),
                word=word.format(why=w.reason(spent > plan)),
                use="、".join(general.where(lambda e, c=code: e.function == c).projects()) or "日常运行",  # type: ignore[misc]
            )
        )
    out |= {"items": "\n".join(lines), "planned": w.show(planned), "planned_done": percent(whole, planned)}
    out["planned_word"] = "大于" if whole > planned else "小于"
    end = fiscal_in.sum() + accounts.stood_over("general", "fund")
    out |= {"fiscal_total": w.show(end), "fiscal_change": w.invented(end)}
    out |= {"general_change": w.change(lambda b: b.source("general").sum())}
    real, plan3 = three_public(general), accounts.planned
    plans = {
        "cars": plan3["31013"] + plan3["30231"],
        "reception": plan3["30217"],
        "three": sum(plan3.values(), ZERO),
    }
    for name, amount in plans.items():
        out |= {f"{name}_planned": w.show(amount), f"{name}_done": percent(real[name], amount)}
    out |= {
        "car_buy": w.show(real["car_buy"]),
        "car_run": w.show(real["car_run"]),
        "abroad": w.show(real["abroad"]),
    }
    out |= {"batches": str(w.rng.randint(6, 19)), "guests": str(w.rng.randint(40, 160))}
    good, fair = w.rng.randint(4, 6), w.rng.randint(1, 2)
    out |= {"rated": str(good + fair), "rated_good": str(good), "rated_fair": str(fair)}
    out["project_count"] = str(len(book.projects()))
    return out
