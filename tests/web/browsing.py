"""A person at Debian's Chromium, for the tests."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import ROOT
from tests.web.conftest import PASSWORD
from tests.web.serving import Server

OWN = "高山流水 2027 年"
"""The password that everybody chooses at the first login."""
SHOTS = ROOT / "out" / "season"
expect.set_options(timeout=30_000)  # a busy machine is no failure; speed is measured in the bench


class Desk:
    """A person at a browser; what the console complains of is kept."""

    def __init__(self, browser: Browser, server: Server, name: str, label: str) -> None:
        self.context: BrowserContext = browser.new_context(
            viewport={"width": 1280, "height": 800}, locale="zh-CN", accept_downloads=True
        )
        self.page: Page = self.context.new_page()
        self.base, self.name, self.label = f"http://127.0.0.1:{server.port}", name, label
        self.complaints: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))

    def log_in(self, password: str = PASSWORD) -> None:
        """For the first time, with a password that somebody else set: it becomes ``OWN``."""
        self.go("/")
        self.page.fill("[name=name]", self.name)
        self.page.fill("[name=password]", password)
        self.page.click("main form button")
        expect(self.page.locator("h1")).to_have_text("先改密码")
        self.look("first-password", wide=False)
        self.page.fill("[name=old]", password)
        self.page.fill("[name=new]", OWN)
        self.page.fill("[name=again]", OWN)
        self.page.click("main form button")
        expect(self.page.locator("main [role=status]")).to_contain_text("密码已修改")
        expect(self.page.locator("header.top")).to_contain_text(self.name)

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def follow(self, name: str) -> None:
        with self.page.expect_navigation(wait_until="load"):  # its scripts have run
            self.page.get_by_role("link", name=name, exact=True).first.click()

    def look(self, name: str, wide: bool = True, narrow: bool = False) -> None:
        """Pictures at both widths (``narrow``: also at that of a telephone), no sideways scrolling, and axe finds
        nothing."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        sizes = [(1280, 800), *([(1920, 1080)] if wide else []), *([(400, 800)] if narrow else [])]
        for width, height in sizes:
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.wait_for_load_state("networkidle")
            self.page.screenshot(path=SHOTS / f"{self.label}-{name}-{width}.png")
            over = self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if over > 0:
                self.complaints.append(f"{name} is {over} px too wide at {width}")
        self.page.set_viewport_size({"width": 1280, "height": 800})
        found = Axe().run(self.page)
        if found.violations_count:
            self.complaints.append(f"{name}: {found.generate_report()}")

    def paper(self, name: str) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.pdf(path=SHOTS / f"{self.label}-{name}.pdf", prefer_css_page_size=True)

    def hand_in(self, *files: Path) -> None:
        self.page.locator("#drop[data-ready]").wait_for()
        self.page.set_input_files("#files", [str(f) for f in files])
        for f in files:
            expect(self.page.locator("#sending tr", has_text=f.name)).to_contain_text(
                "已收下", timeout=30_000
            )

    def drop(self, file: Path) -> None:
        """Let a file fall onto the page."""
        self.page.locator("#drop[data-ready]").wait_for()
        data = base64.b64encode(file.read_bytes()).decode()
        self.page.evaluate(
            """([name, data]) => {
              const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0)), held = new DataTransfer();
              held.items.add(new File([bytes], name));
              const options = { dataTransfer: held, bubbles: true, cancelable: true };
              document.getElementById("drop").dispatchEvent(new DragEvent("dragover", options));
              document.getElementById("drop").dispatchEvent(new DragEvent("drop", options));
            }""",
            [file.name, data],
        )
        expect(self.page.locator("#sending tr", has_text=file.name)).to_contain_text("已收下", timeout=30_000)

    def row(self, name: str) -> Any:
        """The newest row of a file with this name."""
        return self.page.locator("#progress tbody tr", has_text=name).first

    def done(self, name: str, words: str, seconds: float = 150) -> None:
        expect(self.row(name)).to_contain_text(words, timeout=seconds * 1000)
