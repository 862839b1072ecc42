"""The review desk as a person sees it: what is marked is what the finding speaks of, and keys mean what is up."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import ROOT
from tests.web.browsing import Desk
from tests.web.serving import BODY, Server

CHOICE = "与上年相比增加（减少）0 万元，主要是本单位厉行节约"
"""A choice of the template that was left in, in the middle of a long sentence."""


def _document() -> bytes:
    text = (ROOT / "examples" / "hubei-clean.txt").read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    lines[372] = lines[372].replace("增加0.30", "减少0.30", 1)
    filler = "本单位坚持过紧日子的要求，统筹安排各项支出。" * 12
    lines.insert(373, f"{filler}会议费{CHOICE}。{filler}\n\n{filler}培训费{CHOICE}。\n\n")
    return "".join(lines).encode()


@pytest.fixture(scope="module")
def desk(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Server(tmp_path_factory.mktemp("desk") / "ledger") as server:
        season = server.season()
        server.roster(season, BODY)
        delivery = uuid.uuid4().hex
        assert server.hand_in(season, "预算.txt", _document(), delivery).status_code == 201
        (row,) = server.settled(delivery)
        found = Desk(chromium, server, "", "desk")
        found.go(f"/submissions/{row['id']}")
        yield found
        assert found.complaints == []
        found.context.close()


def test_the_words_are_marked_and_not_their_paragraph(desk: Desk) -> None:
    page = desk.page
    card = page.locator("article.matter", has_text="选择项").first
    card.locator(".message").click()
    marked = page.locator("mark.words.culprit")
    expect(marked.first).to_be_in_viewport()
    told = "".join(marked.all_inner_texts())
    assert "增加（减少）" in told and len(told) < 80
    paragraph = page.locator("p.paragraph", has=marked).inner_text()
    assert len(paragraph) > 500
    page.locator("article.matter", has_text="方向").first.locator(".message").click()
    expect(page.locator("mark.words")).to_have_count(0)
    expect(page.locator("p.paragraph", has_text=CHOICE).first).to_have_text(paragraph)


def test_headers_of_tables_stay_cells(desk: Desk) -> None:
    heads = desk.page.locator("td.head")
    expect(heads.first).to_be_attached()
    assert set(heads.evaluate_all("all => all.map((c) => getComputedStyle(c).display)")) == {"table-cell"}


def test_keys_mean_the_finding_that_is_up(desk: Desk) -> None:
    page = desk.page
    card = page.locator("article.matter").first
    card.locator(".message").click()
    expect(page.locator(".culprit")).not_to_have_count(0)
    lit = page.locator(".lit").count()
    page.locator("button.n.proved").first.click()
    expect(page.locator("#proof")).to_be_visible()
    expect(card).to_have_class("matter error now")  # c would still confirm this one, so it is still shown
    page.keyboard.press("Escape")
    expect(page.locator("#proof")).to_be_hidden()
    expect(page.locator(".chosen")).to_have_count(0)
    expect(page.locator(".lit")).to_have_count(lit)


def test_the_list_opens_at_its_head(desk: Desk) -> None:
    desk.go(desk.page.url.removeprefix(desk.base).partition("#")[0])
    expect(desk.page.locator("article.matter").first).to_have_class("matter error now")
    desk.page.wait_for_load_state("networkidle")
    expect(desk.page.locator("#mark")).to_be_in_viewport()


def test_all_of_one_kind_with_one_reason(desk: Desk) -> None:
    page = desk.page
    same = page.locator("article.matter", has_text="选择项")
    expect(same).to_have_count(2)
    page.locator("article.matter", has_text="选择项").first.locator(".message").click()
    page.keyboard.press("Shift+X")
    expect(page.locator("#dismiss-title")).to_have_text("排除同类的 2 个问题的理由")
    page.keyboard.press("3")
    for k in range(2):
        expect(same.nth(k)).to_contain_text("不适用于本单位")
    others = page.locator("article.matter:not(.dismissed)")
    expect(others.first).to_have_attribute("data-verdict", "")
    page.locator("article.matter", has_text="选择项").first.locator(".message").click()
    page.keyboard.press("u")
    expect(page.locator("article.matter.dismissed")).to_have_count(0)  # a batch goes back whole
    page.locator("article.matter", has_text="选择项").first.locator(".message").click()
    page.keyboard.press("x")
    page.keyboard.press("3")
    expect(page.locator("article.matter.dismissed")).to_have_count(1)
    page.locator("article.matter", has_text="选择项").last.locator(".message").click()
    page.keyboard.press("Shift+C")
    expect(page.locator("article.matter.confirmed")).to_have_count(1)  # what was decided on stays as it is
    expect(page.locator("article.matter.dismissed")).to_have_count(1)


def test_pages_grow_and_stay_so(desk: Desk) -> None:
    page = desk.page
    line = page.locator("p.paragraph").first
    before = line.evaluate("(p) => p.getBoundingClientRect().height / p.innerText.length")
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(page.locator("#size")).to_have_text("150%")
    assert line.evaluate("(p) => p.getBoundingClientRect().height / p.innerText.length") > before
    page.reload()
    expect(page.locator("#size")).to_have_text("150%")
    page.locator("#smaller").click()
    page.keyboard.press("-")
    expect(page.locator("#size")).to_have_text("100%")


def test_a_table_is_found_from_the_list_of_tables(desk: Desk) -> None:
    page = desk.page
    page.locator("#tab-s").click()
    page.locator("#sections button.link").last.click()
    leaf = page.locator("#sections button.link").last.get_attribute("data-leaf")
    expect(page.locator(f"#leaf-{leaf}")).to_be_in_viewport()
    page.locator("#tab-m").click()
