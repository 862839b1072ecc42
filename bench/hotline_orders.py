"""Made work orders of a hotline: people with several numbers, matters told by many, and near misses of both.

What is varied, and the finder is not told: a caller's number (up to three, sometimes a digit wrong), the name (homophones,
a look-alike, surname with a title, none), the home (told or not); a matter's words (bench/wordings/hotline.toml), its
place (name, name with building, street with door, both, the street alone, a wrong character, a shorter name, only in the
text), its time (one to five days). Near misses: namesakes, also in one estate; two people on one number; siblings whose
names differ in a character; another thing at the same place and time; the same thing next door, in the next street, in
another building, or at the same place more than six weeks later.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

WORDINGS = Path(__file__).parent / "wordings"
BEGIN = datetime(2026, 1, 1)
DAYS = 365
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙史陶贺毛郝顾龚邵万钱严武戴莫孔向汤"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文斌宇浩凯欣怡佳雪梅琳晨阳博鑫鹏飞婷婷玲宁辉波峰健俊慧颖莉倩云帆志远海燕春生德福成林松柏瑞祥子涵梓轩雨桐思源诗琪嘉乐天佑立新振东永康长青晓光少华家豪学军"
SAME_SOUND = ["章张", "李黎", "王汪", "余于俞", "许徐", "程成陈", "严闫颜", "蒋姜江", "邱秋", "付傅富", "伟玮卫炜", "芳方", "丽莉利", "敏民", "静靖婧", "强墙", "磊雷蕾", "军君均", "洋阳扬", "勇永咏", "艳燕雁", "杰洁捷", "娟鹃", "涛滔韬", "明名铭", "超朝", "霞侠", "平萍苹", "刚钢", "英瑛樱", "华花", "玉育钰", "兰岚", "红宏虹", "建健剑", "国果", "文雯", "斌彬宾", "宇雨羽", "浩昊皓", "凯楷", "欣鑫新心", "怡仪宜", "佳嘉家", "雪薛", "梅玫", "琳林霖", "晨辰陈", "波博", "峰锋丰枫", "俊君", "慧惠会", "颖影", "倩茜", "云芸", "志智", "远园", "海孩", "春椿", "生声", "福富", "成诚程", "祥翔", "涵晗", "轩宣", "思斯", "源圆", "琪奇祺", "乐勒", "康慷", "青清卿", "晓小", "光广", "豪毫", "小晓", "金今", "建剑", "设社", "路录", "花华", "园圆", "苑院"]  # fmt: skip
PREFIXES = [
    "130",
    "131",
    "135",
    "136",
    "138",
    "139",
    "150",
    "151",
    "155",
    "158",
    "177",
    "180",
    "186",
    "189",
    "198",
]
AREA_WIDE = ("no_water", "no_power", "no_gas", "no_net")
INDOORS = ("dog_bark", "leaky", "shed", "lift_broken", "fire_way")
"""Kinds that are of one building."""


@dataclass(frozen=True)
class Site:
    name: str
    street: str
    door: int
    area: str


@dataclass
class Person:
    name: str
    phones: list[str]
    site: Site
    building: int


@dataclass
class Made:
    """The rows, and of each the person and the matter that it is of; ``planted``: which of these were planted."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    persons: list[int] = field(default_factory=list)
    matters: list[int] = field(default_factory=list)
    planted_persons: set[int] = field(default_factory=set)
    planted_matters: set[int] = field(default_factory=set)


@dataclass
class People:
    """Those made so far: how many, and the last of them."""

    count: int = 0
    last: Person | None = None

    def append(self, person: Person) -> None:
        self.count += 1
        self.last = person

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, _: int) -> Person:
        assert self.last is not None
        return self.last


class Maker:
    """A city of a size that goes with the number of orders."""

    def __init__(self, orders: int, seed: int, wordings: str) -> None:
        self.of = random.Random(seed)
        self.words = tomllib.loads((WORDINGS / f"{wordings}.toml").read_text(encoding="utf-8"))
        self.kinds = list(self.words["kinds"])
        self.orders = orders
        self.sites = self._sites(max(60, orders // 120))
        self.by_street: dict[str, list[Site]] = {}
        for s in self.sites:
            self.by_street.setdefault(s.street, []).append(s)
        self.same = {c: [x for x in group if x != c] for group in SAME_SOUND for c in group}
        self.busy: dict[tuple[str, str], list[float]] = {}
        self.made = Made()

    def _sites(self, count: int) -> list[Site]:
        w, of = self.words, self.of
        syllables = [
            a + b for a in w["names"] for b in ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")
        ]
        names = [m + n for n in syllables for m in w["more"]]
        of.shuffle(names)
        streets = [n + of.choice(w["streets"]) for n in names[: max(8, count // 8)]]
        shorter = [m + n for n in w["names"] for m in w["more"]]
        stems = [*shorter, *(f"{a}{b}" for a in w["names"] for b in w["names"] if a != b)]
        if count > len(stems):
            stems += [m + a + b for m in w["more"][1:] for a in w["names"] for b in w["names"] if a != b]
        if count > 1.05 * len(stems):  # a city of many millions of orders has longer names, too
            pairs = [a + b for a in w["names"] for b in w["names"] if a != b]
            wanted = int(1.2 * count)
            stems = list(
                dict.fromkeys([*stems, *(p + of.choice(w["names"]) for p in of.choices(pairs, k=3 * wanted))])
            )
        of.shuffle(stems)
        out: list[Site] = []
        taken: set[tuple[str, int]] = set()
        for stem in stems:
            for end in of.sample(w["estates"], 1 if of.random() < 0.9 else 2):
                street, door = of.choice(streets), of.randint(1, 400)
                if (street, door) in taken:
                    continue
                taken.add((street, door))
                out.append(Site(stem + end, street, door, of.choice(["示范区", "滨河区", "高新区"])))
                if len(out) == count:
                    return out
        return out

    # ---- people

    def person(self, name: str = "", site: Site | None = None) -> Person:
        of = self.of
        made = name or of.choice(SURNAMES) + "".join(of.choices(GIVEN, k=1 if of.random() < 0.2 else 2))
        phones = [self.phone() for _ in range(1 if of.random() < 0.8 else 2)]
        return Person(made, phones, site or of.choice(self.sites), of.randint(1, 18))

    def phone(self) -> str:
        return self.of.choice(PREFIXES) + f"{self.of.randrange(10**8):08d}"

    def misheard(self, text: str) -> str:
        """A character that sounds alike, where there is one."""
        at = [k for k, c in enumerate(text) if self.same.get(c)]
        if not at:
            return text
        k = self.of.choice(at)
        return text[:k] + self.of.choice(self.same[text[k]]) + text[k + 1 :]

    def wrong_digit(self, phone: str) -> str:
        k = self.of.randrange(3, 10)
        if self.of.random() < 0.3:
            return phone[:k] + phone[k + 1] + phone[k] + phone[k + 2 :]
        return phone[:k] + self.of.choice([d for d in "0123456789" if d != phone[k]]) + phone[k + 1 :]

    def called(self, person: Person) -> tuple[str, str, str]:
        """Name, number and home as the operator wrote them down."""
        of, chance = self.of, self.of.random()
        name, phone = person.name, of.choice(person.phones)
        if chance < 0.10:
            name = self.misheard(name)
        elif chance < 0.20:
            name = name[0] + of.choice(["先生", "女士"])
        elif chance < 0.23:
            name = of.choice(["匿名", "市民", ""])
        if of.random() < 0.02:
            phone = self.wrong_digit(phone)
        home = (
            f"{person.site.area}{person.site.street}{person.site.door}号{person.site.name}{person.building}栋"
        )
        if of.random() < 0.45:
            home = ""
        elif of.random() < 0.3:
            home = f"{person.site.name}{person.building}号楼"
        return name, phone, home

    # ---- matters

    def free(self, site: Site, kind: str, day: float, apart: float = 21) -> bool:
        """Whether nobody made the same thing there within so many days."""
        others = [("", site.name, kind)] + ([("s", site.street, kind)] if kind in AREA_WIDE else [])
        return all(abs(day - d) >= apart for _, where, k in others for d in self.busy.get((where, k), ()))

    def taken(self, site: Site, kind: str, day: float) -> None:
        self.busy.setdefault((site.name, kind), []).append(day)
        if kind in AREA_WIDE:
            self.busy.setdefault((site.street, kind), []).append(day)

    def said_place(self, site: Site, building: int, kind: str) -> tuple[str, str]:
        """The field of the place, and how the text tells it."""
        of, w = self.of, self.words
        where = of.choice(w["places_said"])
        inside = f"{building}栋" if kind in INDOORS else ""
        number = (
            of.choice([inside, inside.replace("栋", "号楼")])
            if inside
            else (f"{of.randint(1, 18)}栋" if of.random() < 0.2 else "")
        )
        name = site.name
        if of.random() < 0.05:
            name = self.misheard(name)
        elif of.random() < 0.08 and not name.endswith("小区"):
            name += "小区"
        chance = of.random()
        if chance < 0.30:
            return f"{site.area}{site.street}{site.door}号{name}{number}", where.format(w=name)
        if chance < 0.55:
            return f"{name}{number}", where.format(w=name)
        if chance < 0.72:
            return f"{site.area}{site.street}{site.door}号{number}", where.format(
                w=f"{site.street}{site.door}号"
            )
        if chance < 0.82:
            return f"{site.street}{name}{number}", where.format(w=name)
        if chance < 0.95 or inside:
            return "", where.format(w=f"{name}{number}")
        return f"{site.area}{site.street}", where.format(w=site.street)

    def tell(
        self, matter: int, who: int, person: Person, site: Site, building: int, kind: str, at: datetime
    ) -> None:
        of, w = self.of, self.words
        place, said = self.said_place(site, building, kind)
        text = of.choice(w["kinds"][kind]).format(w=said)
        name, phone, home = self.called(person)
        self.made.rows.append(
            {
                "received": at.replace(microsecond=0),
                "caller": name,
                "phone": phone,
                "address": home or None,
                "place": place or None,
                "content": of.choice(w["openings"]) + text + of.choice(w["closings"]),
            }
        )
        self.made.persons.append(who)
        self.made.matters.append(matter)

    def moment(self, day: float) -> datetime:
        return BEGIN + timedelta(days=day)


def make(orders: int, seed: int, planted: float = 0.12, wordings: str = "hotline") -> Made:
    """Orders of which about ``planted`` are of planted matters and as many of planted people; in the order of time."""
    m = Maker(orders, seed, wordings)
    fill(m, orders, planted)
    order = sorted(range(len(m.made.rows)), key=lambda k: m.made.rows[k]["received"])
    out = Made(planted_persons=m.made.planted_persons, planted_matters=m.made.planted_matters)
    for k, old in enumerate(order, start=1):
        out.rows.append({"id": f"GD{k:08d}", **m.made.rows[old]})
        out.persons.append(m.made.persons[old])
        out.matters.append(m.made.matters[old])
    return out


def fill(m: Maker, orders: int, planted: float = 0.12) -> None:
    """The orders of a city, in the order in which they were thought of."""
    of, people, matter = m.of, People(), 0
    while len(m.made.rows) < orders * planted:
        matter = _matter(m, people, matter)
    while len(m.made.rows) < orders * 2 * planted:
        matter = _caller(m, people, matter)
    while len(m.made.rows) < orders:
        site, kind, day = of.choice(m.sites), of.choice(m.kinds), of.uniform(0, DAYS)
        if not m.free(site, kind, day):
            continue
        matter += 1
        m.taken(site, kind, day)
        person = m.person(site=site if of.random() < 0.5 else None)
        people.append(person)
        m.tell(matter, len(people), person, site, person.building, kind, m.moment(day))


def _matter(m: Maker, people: People, last: int) -> int:
    """One planted matter, and with it one near miss of each kind that can be had."""
    of = m.of
    site, kind, day = (
        of.choice(m.sites),
        of.choice([k for k in m.kinds if k != "ask"]),
        of.uniform(5, DAYS - 60),
    )
    if not m.free(site, kind, day, 45):
        return last
    m.taken(site, kind, day)
    building = of.randint(1, 18)
    matter = last + 1
    m.made.planted_matters.add(matter)
    span = of.uniform(0.2, 1 if kind in AREA_WIDE else 5)
    for _ in range(of.randint(2, 9)):
        people.append(m.person(site=site))
        m.tell(matter, len(people), people[-1], site, building, kind, m.moment(day + of.uniform(0, span)))
    last = matter
    beside = of.choice([s for s in m.by_street[site.street] if s is not site] or [of.choice(m.sites)])
    twins: list[tuple[Site, str, float, int]] = [
        (site, of.choice([k for k in m.kinds if k != kind]), day + of.uniform(0, span), building),
        (site, kind, day + of.uniform(45, 55), building),
    ]
    if kind not in AREA_WIDE:
        twins.append((beside, kind, day + of.uniform(0, span), building))
    if kind in INDOORS:
        twins.append((site, kind, day + of.uniform(0, span), building % 18 + 1))
    for where, what, when, house in twins:
        same_house = where is site and what == kind and abs(when - day) < 10
        if not same_house and not m.free(where, what, when):
            continue
        m.taken(where, what, when)
        last += 1
        people.append(m.person(site=where))
        m.tell(last, len(people), people[-1], where, house, what, m.moment(when))
    return last


def _caller(m: Maker, people: People, last: int) -> int:
    """One person who calls again and again, of several things, and namesakes and housemates who call once."""
    of = m.of
    person = m.person()
    person.phones = [m.phone() for _ in range(of.choice([1, 2, 2, 3]))]
    people.append(person)
    who = len(people)
    m.made.planted_persons.add(who)
    for _ in range(of.randint(3, 8)):
        last = _call(m, person, who, last)
    mate = m.person(name=of.choice(SURNAMES) + "".join(of.choices(GIVEN, k=2)), site=person.site)
    mate.phones, mate.building = [person.phones[0]], person.building
    sibling = m.person(name=person.name[:-1] + of.choice(GIVEN), site=person.site)
    sibling.phones, sibling.building = [person.phones[0]], person.building
    near = m.person(name=person.name, site=person.site)
    near.building = person.building % 18 + 1
    namesake = m.person(name=person.name)
    others = [(mate, 0.3), (namesake, 0.5), (near, 0.03)]
    if not _alike(m, sibling.name, person.name):
        others.append((sibling, 0.15))
    for other, share in others:
        if (
            of.random() < share
            and other.name != person.name
            or (other in (near, namesake) and of.random() < share)
        ):
            people.append(other)
            last = _call(m, other, len(people), last)
    return last


def _alike(m: Maker, one: str, other: str) -> bool:
    return all(a == b or b in m.same.get(a, ()) for a, b in zip(one, other, strict=True))


def _call(m: Maker, person: Person, who: int, last: int) -> int:
    of = m.of
    for _ in range(20):
        site = person.site if of.random() < 0.8 else of.choice(m.sites)
        kind, day = of.choice(m.kinds), of.uniform(0, DAYS)
        if m.free(site, kind, day):
            m.taken(site, kind, day)
            m.tell(last + 1, who, person, site, person.building, kind, m.moment(day))
            return last + 1
    return last


def columns(made: Made) -> Iterator[tuple[str, list[Any]]]:
    for name in ("id", "received", "caller", "phone", "address", "place", "content"):
        yield name, [r[name] for r in made.rows]
