"""Links between rows of real documents, against which rows are one project as somebody read it who did not write the ladder.

Of the names that are printed in more than one way, ONE says which are one project, APART which look so and are not.
"""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

from yibenzhang.ledger.bodies import SAME, Decision
from yibenzhang.ledger.ingesting import Origin, ingest
from yibenzhang.ledger.store import Ledger
from yibenzhang.projects.book import Keeper
from yibenzhang.projects.linking import Linked
from yibenzhang.projects.names import folded

FILES = (
    "hubei",
    "guangzhou/data-bureau-2026-budget.pdf",
    "guangzhou/data-bureau-2026-project-goals.pdf",
    "xian/approval-bureau-2025-budget.pdf",
)
ONE = """
武汉市政务机房安全运维项目＝武汉市民之家机房维护项目
武汉市政府网站集约化平台基础资源及安全运维项目＝武汉市政府网站集约化平台运维服务
武汉市政府门户网站改版及内容服务项目＝武汉市政府门户网站改版和内容运维服务
武汉市市级视频会议系统和市民之家大楼网络运维服务项目＝武汉市市级视频会议系统和市民之家大楼网络运维项目
武汉市市级视频会议系统和市民之家大楼网络运维服务项目＝武汉市市级视频会议系统和市民之家大楼网络运维服务
武汉市电子政务外网服务升级项目＝电子政务网络服务升级
武汉市电子公文集约化平台运维服务项目＝武汉市电子公文集约化平台运维服务
公务用车更新项目＝公务用车更新
产业促进经费＝产业促进项目
网络建设运转维护经费＝网络建设运转维护经费项目
新生路政务中心(大数据中心区域)租赁＝新生路政务中心(大数据中心区域)办公用房租赁
咸宁市政务云平台运维费＝咸宁政务云平台运维费
市12345公共服务平台建设及运维＝市12345公共服务热线平台建设及运维
光纤线路租用费＝光纤链路租用费
咸宁市工程建设项目申报模拟仿真系统＝咸宁市工程建设项目报建模拟仿真系统升级项目
公共数据授权运营平台建设＝咸宁公共数据授权运营平台
晋城云平台租赁费及迁移评审费＝香城云平台租赁费及迁移评审费
咸宁市“互联网+监管”平台建设＝咸宁市“互联网+监管”平台建设项目
咸宁市政务云运维项目＝咸宁市政务云平台运维费
咸宁市政府公共服务热线平台建设及运维费＝市12345公共服务热线平台建设及运维
广州市政务服务数据管理局数字政府运营中心穗智管运营服务项目＝广州市政务服务和数据管理局数字政府运营中心穗智管运营服务项目
广州市政务服务数据管理局2023-2024年信息化运维项目＝广州市政务服务和数据管理局2023-2024年信息化运维项目
广州市政务服务数据管理局2022年一网通办深化应用(数字化企业服务平台)信息化建设项目＝广州市政务服务和数据管理局2022年一网通办深化应用(数字化企业服务平台)信息化建设项目
广州市数字政府运营中心2025年-2027年广州市统一政务外网服务项目＝广州市数字政府运营中心2025年2027年广州市统一政务外网服务项目
宣传片拍摄制作项目＝宣传片拍摄和宣传展板制作费
维修改造＝政务大厅公用设施运行维护维修项目
办公用房物业管理服务项目＝政务大厅物业管理及餐厅运行项目
办公区室外绿化项目＝政务大厅绿植养护项目
"""
ASKED = 5
"""So many of ONE are not linked but asked about: the cloud and the hotline of Xianning over years, whose amounts are far
apart, and three of Xi'an whose names have next to nothing in common."""
APART = """
咸宁市城市数字公共基础设施建设项目｜数字公共基础设施建设专班工作经费
市12345公共服务热线二期升级项目｜市12345公共服务热线平台建设及运维
综合大楼及服务大厅运行维护费｜市民之家办公大楼运行维护费
市政府大数据中心建设｜市政府大数据中心运维保障
武汉市电子公文集约化平台运维服务｜武汉市政府网站集约化平台运维服务
广州市政务服务中心2025年信息化运维项目｜广州市政务服务中心2026年信息化运维项目
行政审批和政务服务｜行政审批和政务服务工作专项业务经费
"""


def plain(name: str) -> str:
    return re.sub("(?:项目)+$", "", folded(name))


def pairs(text: str, sign: str) -> list[tuple[str, str]]:
    return [(folded(a), folded(b)) for a, b in (line.split(sign) for line in text.strip().splitlines())]


@pytest.fixture(scope="module")
def book(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Linked:
    ledger = Ledger(tmp_path_factory.mktemp("links") / "账本")
    files = [
        str(x) for f in FILES for x in (sorted((corpus / f).iterdir()) if "." not in f else [corpus / f])
    ]
    list(ingest(ledger, files, "2026-03-01", Origin({}), jobs=1))
    names = ("市政务服务和大数据管理局", "咸宁市政务服务和大数据管理局")
    ledger.decide(Decision("2026-03-01", SAME, names, "王", "三定方案"))
    return Keeper().book(ledger).linked


def projects_of(book: Linked) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for p in book.projects:
        for e in p.events:
            found.setdefault(folded(e.name), set()).add(p.id)
    return found


def test_what_was_read_as_one_is_linked_or_asked_about(book: Linked) -> None:
    found = projects_of(book)
    apart = [(a, b) for a, b in pairs(ONE, "＝") if not found[a] & found[b]]
    by_member = {m.id: m for p in book.projects for m in p.members}
    asked = {
        frozenset((p.id, q.id))
        for x in book.proposals
        for p in book.projects
        for q in book.projects
        if by_member[x.one] in p.members and by_member[x.other] in q.members
    }
    silent = [
        (a, b) for a, b in apart if not any(frozenset((x, y)) in asked for x in found[a] for y in found[b])
    ]
    assert (len(apart), silent) == (ASKED, []), apart


def test_nothing_is_linked_that_was_not_read_as_one(book: Linked) -> None:
    found = projects_of(book)
    assert not [(a, b) for a, b in pairs(APART, "｜") if found[a] & found[b]]
    known = {frozenset(map(plain, pair)) for pair in pairs(ONE, "＝")}
    for p in book.projects:
        names = sorted({plain(e.name) for e in p.events})
        joined: list[set[str]] = []  # names that ONE puts together, directly or over others
        for n in names:
            near = [g for g in joined if any(frozenset((n, x)) in known for x in g)]
            joined = [g for g in joined if g not in near] + [{n}.union(*near)]
        assert len(joined) == 1, [x for x in combinations(names, 2) if frozenset(x) not in known]
