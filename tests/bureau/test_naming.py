"""Names of bodies: written otherwise they are found, twins are never taken for one another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibenzhang.office.naming import DEPARTMENT, UNIT, Index, Named, match


def roster(*names: str) -> list[Named]:
    return [Named(k, name) for k, name in enumerate(names, start=1)]


ROSTER = roster(
    "云岭市青禾区财政局", "云岭市青禾区教育局", "云岭市青禾区体育局", "云岭市青禾区第一中学", "云岭市青禾区第二中学",
    "云岭市青禾区人民政府办公室", "中共云岭市青禾区委办公室", "云岭市教育局", "青禾区卫生健康委员会", "共青团云岭市青禾区委员会",
    "中国人民政治协商会议云岭市青禾区委员会", "云岭市青禾区市场监督管理局", "云岭市青禾区柳荫新村街道办事处",
    "云岭市青禾区公共资源交易服务中心", "中共云岭市青禾区委员会组织部", "国家税务总局云岭市青禾区税务局",
    "云岭市青禾区青石镇社区卫生服务中心", "云岭市青禾区青山镇社区卫生服务中心", "青禾区社区服务中心",
)  # fmt: skip
BY_NAME = {b.name: b.id for b in ROSTER}


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("云岭市青禾区财政局", "云岭市青禾区财政局"),
        ("青禾区财政局", "云岭市青禾区财政局"),
        ("财政局", "云岭市青禾区财政局"),
        ("区财政局", "云岭市青禾区财政局"),
        ("云岭市青禾区财政局（部门）", "云岭市青禾区财政局"),
        (" 云岭市 青禾区“财政局” ", "云岭市青禾区财政局"),
        ("市教育局", "云岭市教育局"),
        ("教育局", "云岭市青禾区教育局"),
        ("区政府办", "云岭市青禾区人民政府办公室"),
        ("青禾区人民政府办公室（青禾区人民政府外事办公室）", "云岭市青禾区人民政府办公室"),
        ("中国共产党云岭市青禾区委员会办公室", "中共云岭市青禾区委办公室"),
        ("区委办", "中共云岭市青禾区委办公室"),
        ("云岭市青禾区卫健委", "青禾区卫生健康委员会"),
        ("团区委", "共青团云岭市青禾区委员会"),
        ("青禾区政协", "中国人民政治协商会议云岭市青禾区委员会"),
        ("市场监督管理局", "云岭市青禾区市场监督管理局"),
        ("青禾区市场监管局", "云岭市青禾区市场监督管理局"),
        ("柳荫新村街道", "云岭市青禾区柳荫新村街道办事处"),
        ("青禾区税务局", "国家税务总局云岭市青禾区税务局"),
        ("社区服务中心", "青禾区社区服务中心"),
    ],
)
def test_one_body_written_in_other_ways(told: str, name: str) -> None:
    found = match(told, "", ROSTER)
    assert (found.id, found.how) == (BY_NAME[name], "name"), found


@pytest.mark.parametrize(
    ("told", "other"),
    [
        ("青禾区教育局", "青禾区体育局"),
        ("青禾区第一中学", "青禾区第二中学"),
        ("青禾区中学", "青禾区第二中学"),
        ("青禾区第一中学", "青禾区第一小学"),
        ("青禾区政府办", "青禾区委办"),
        ("青禾区人民政府办公室", "中共青禾区委办公室"),
        ("云岭市教育局", "云岭市青禾区教育局"),
        ("白河区教育局", "青禾区教育局"),
        ("东江省教育局", "云岭市教育局"),
        ("东江省云岭市青禾区教育局", "东江省白河市青禾区教育局"),
        ("云岭市青禾区委员会办公室", "政协云岭市青禾区委员会办公室"),
        ("民盟云岭市青禾区委员会", "民建云岭市青禾区委员会"),
        ("民盟云岭市青禾区委员会", "中共云岭市青禾区委员会"),
        ("青禾区青石镇社区卫生服务中心", "青禾区青山镇社区卫生服务中心"),
        ("青禾区财政局", "青禾区财政局监督检查中心"),
        ("青禾区柳荫学校（东校区）", "青禾区柳荫学校（西校区）"),
        ("青禾区城市管理局", "青禾区城市建设局"),
        ("青禾区实验小学", "青禾区实验小学附属幼儿园"),
    ],
)
def test_twins_are_not_taken_for_one_another(told: str, other: str) -> None:
    for a, b in ((told, other), (other, told)):
        found = match(a, "", roster(b, "云岭市青禾区审计局", "云岭市青禾区统计局", "云岭市青禾区民政局"))
        assert found.id is None, found
        both = match(a, "", roster(b, a))
        assert both.id == 2, both


def test_a_light_word_more_or_less_is_told() -> None:
    found = match("青禾区公共资源交易中心", "", ROSTER)
    assert (found.id, found.how) == (BY_NAME["云岭市青禾区公共资源交易服务中心"], "similar")
    assert found.reason == "只差“服务”，其余一致。"
    assert found.score < 1


def test_a_region_left_out_is_told_as_such() -> None:
    found = match("市政务服务和信息管理局", "", roster("云岭市政务服务和信息管理局"))
    assert found.how != "similar" or found.reason == "文件里没写“云岭”，其余一致。", found
    assert found.id is not None or "云岭" in found.candidates[0].reason


def test_two_that_differ_as_little_are_asked_about() -> None:
    found = match("青禾区交易中心", "", roster("青禾区交易服务中心", "青禾区交易管理中心"))
    assert found.id is None
    assert [c.id for c in found.candidates] == [1, 2]


def test_aliases() -> None:
    bodies = [Named(7, "青禾区数据局", aliases=("区大数据中心", "数管局")), Named(8, "青禾区审计局")]
    assert (match("青禾区数管局", "", bodies).id, match("青禾区数管局", "", bodies).how) == (7, "alias")
    assert match("云岭市青禾区大数据中心", "", bodies).id == 7


def test_a_service_centre_of_each_department() -> None:
    bodies = [
        Named(1, "机关服务中心", parent="青禾区教育局"),
        Named(2, "机关服务中心", parent="青禾区体育局"),
    ]
    assert match("青禾区教育局机关服务中心", "", bodies).id == 1
    assert match("体育局机关服务中心", "", bodies).id == 2
    unclear = match("机关服务中心", UNIT, bodies)
    assert unclear.id is None and {c.id for c in unclear.candidates} == {1, 2}


BOTH = [Named(1, "青禾区财政局", level=DEPARTMENT), Named(2, "青禾区财政局", level=UNIT)]


@pytest.mark.parametrize(
    ("told", "level", "expected"),
    [
        ("青禾区财政局", DEPARTMENT, 1),
        ("青禾区财政局", UNIT, 2),
        ("青禾区财政局本级", "", 2),
        ("青禾区财政局（本级）", DEPARTMENT, 2),
        ("青禾区财政局（部门）", "", 1),
        ("青禾区财政局机关", "", 2),
        ("青禾区财政局", "", None),
    ],
)
def test_department_and_unit_of_one_name(told: str, level: str, expected: int | None) -> None:
    assert match(told, level, BOTH).id == expected
    marked = [Named(1, "青禾区财政局（部门）"), Named(2, "青禾区财政局本级")]
    assert match(told, level, marked).id == expected


def test_the_only_one_of_the_other_level() -> None:
    lone = [Named(1, "青禾区财政局", level=DEPARTMENT)]
    told = match("青禾区财政局", UNIT, lone)
    assert told.id == 1 and "名录里只有部门" in told.reason and told.score < 1
    assert match("青禾区财政局本级", "", lone).id is None
    assert match("青禾区财政局", DEPARTMENT, roster("青禾区财政局本级")).id is None


def test_candidates_are_few_and_in_order() -> None:
    found = match("青禾区第三中学", "", roster(*(f"青禾区第{n}中学" for n in "一二四五六七八九")))
    assert found.id is None
    assert len(found.candidates) == 5
    assert [c.score for c in found.candidates] == sorted((c.score for c in found.candidates), reverse=True)
    assert all(c.reason.endswith("。") for c in found.candidates)


@pytest.mark.parametrize(
    "region",
    ["江苏省盐城市", "福建省厦门市思明区", "四川省成都市", "广东省中山市", "山西省晋中市榆次区", "广东省江门市新会区", "内蒙古自治区呼和浩特市新城区",
     "吉林省延边朝鲜族自治州延吉市", "江苏省苏州市昆山市", "苏州工业园区", "上海市浦东新区", "云南省大理白族自治州漾濞彝族自治县",
     "新疆维吾尔自治区阿克苏地区温宿县", "内蒙古自治区锡林郭勒盟苏尼特左旗", "海南省陵水黎族自治县"],
)  # fmt: skip
def test_regions_of_the_country(region: str) -> None:
    names = ("教育局", "城市管理局", "市场监督管理局", "社区服务中心", "区域发展研究中心", "体育局")
    bodies = roster(*(region + n for n in names))
    for body, name in zip(bodies, names, strict=True):
        assert match(name, "", bodies).id == body.id
        assert match(region + name, "", roster(*names)).id == body.id
        assert match(region + name, "", roster("白河市审计局", region + "审计局")).id is None


def test_nothing_like_it() -> None:
    assert match("东江大学", "", ROSTER).id is None
    assert match("", "", ROSTER).reason == "没有认出单位名称。"
    assert match("财政局", "", []).candidates == ()


def test_a_large_roster_finds_itself() -> None:
    bodies = [Named(k, f"云岭市青禾区第{k}实验学校", aliases=(f"{k}校",)) for k in range(3000)]
    index = Index(bodies)
    for k in range(0, 3000, 97):
        assert index.match(f"青禾区第{k}实验学校").id == k
    assert index.match("青禾区第3001实验学校").id is None


@given(st.text(alphabet="青禾区市第一二中学小局教体育（）()本级部门委办云岭 ", max_size=30))
def test_any_name_has_an_answer_and_finds_itself(name: str) -> None:
    found = match(name, "", ROSTER)
    assert found.id is None or found.id in BY_NAME.values()
    alone = match(name, "", [Named(1, name)])
    assert alone.id == 1 or not alone.candidates


HOME = "云岭市青禾区"
GOVERNMENT = [
    "财政局",
    "财政监督局",
    "教育局",
    "体育局",
    "审计局",
    "统计局",
    "民政局",
    "数据局",
    "文化和旅游局",
    "卫生健康委员会",
    "卫生健康委员会监督所",
    "市场监督管理局",
    "绿化和市容管理局",
    "城市管理行政执法局",
    "机关事务管理局",
    "机关事务管理中心",
    "档案局",
    "档案馆",
    "图书馆",
    "文化馆",
    "博物馆",
    "青少年活动中心",
    "青少年校外活动中心",
    "人民法院",
    "人民检察院",
    "人民政府",
    "人民政府办公室",
    "人民代表大会常务委员会",
    "人民代表大会常务委员会办公室",
    "发展和改革委员会",
    "商务委员会",
    "科学技术委员会",
    "科学技术协会",
    "柳荫街道办事处",
    "云桥镇街道办事处",
    "青石镇人民政府",
    "青山镇人民政府",
    "柳荫街道社区卫生服务中心",
    "云桥镇街道社区卫生服务中心",
    "青石镇社区卫生服务中心",
    "青石镇第二社区卫生服务中心",
    "中心医院",
    "人民医院",
    "第一中学",
    "第二中学",
    "实验中学",
    "实验小学",
    "第一实验小学",
    "第二实验小学",
    "启星学校",
    "启星幼儿园",
    "柳荫小学",
    "柳荫中学",
    "柳荫幼儿园",
    "柳荫第二幼儿园",
    "教育学院",
    "教育考试中心",
    "教育评估中心",
    "市政工程管理中心",
    "市政管理中心",
    "侨务办公室",
    "合作交流办公室",
    "税务局",
]
PARTY = [
    "委员会",
    "委员会办公室",
    "委员会组织部",
    "委员会宣传部",
    "委员会政法委员会",
    "委员会党校",
    "纪律检查委员会",
]
DISTRICT = roster(
    *(HOME + name for name in GOVERNMENT),
    *(f"中共{HOME}{name}" for name in PARTY),
    *(f"{name}{HOME}委员会" for name in ("中国人民政治协商会议", "中国民主同盟", "中国民主建国会", "九三学社", "共青团")),
    f"中国人民政治协商会议{HOME}委员会办公室",
)  # fmt: skip


def test_a_whole_district_finds_itself_in_full_and_in_short() -> None:
    index = Index(DISTRICT)
    for body in DISTRICT:
        assert index.match(body.name).id == body.id
        for short in ("青禾区", "区", ""):
            found = index.match(body.name.replace(HOME, short))
            assert found.id in (body.id, None), (body.name, short, found)


def test_a_body_that_is_not_on_the_roster_is_never_another() -> None:
    for body in DISTRICT:
        others = Index([b for b in DISTRICT if b.id != body.id])
        assert others.match(body.name).id is None, body.name
