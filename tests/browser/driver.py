"""The real app as a process, and a page of a real browser that looks at it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import urlopen

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, WebSocket, expect

ROOT: Final = Path(__file__).resolve().parents[2]
PAGES: Final = {
    path.stem.capitalize().replace("_", "-"): "".join(
        re.findall(r'st\.title\(\s*"([^"]+)"', path.read_text("utf-8"))[:1]
    )
    for path in sorted((ROOT / "pages").glob("*.py"))
}
"""Each page's name in the navigation, and the question on top of it."""
SIZE: Final = {"width": 1280, "height": 720}
LAUNCH: Final[dict[str, Any]] = {
    "executable_path": shutil.which("chromium"),
    "args": [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-domain-reliability",
        "--disable-sync",
        "--no-first-run",
        "--no-pings",
    ],
}
"""Debian's Chromium, which looks for no updates while it is driven."""
PATIENCE: Final = 30_000
"""Milliseconds until something that should show counts as missing; a busy machine takes some of them."""
_START: Final = 60.0
_PAUSE: Final = threading.Event()
_OWN_PROBE: Final = re.compile(r"/_stcore/(health|host-config)$")
"""Streamlit's page looks for its server below the page's own address first; nothing is wrong when it is not there."""


@dataclass(frozen=True)
class Served:
    """The app while it runs.

    Attributes
    ----------
    address : str
    home : Path
        Its ``HALFTONE_HOME``.
    log : Path
        What the server wrote.
    process : subprocess.Popen
    """

    address: str
    home: Path
    log: Path
    process: subprocess.Popen[bytes]


@contextmanager
def served(home: Path, log: Path, environment: Mapping[str, str] | None = None) -> Iterator[Served]:
    """The dashboard on a free port, as ``make run`` starts it, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "pages.common.start", "--server.headless=true", f"--server.port={port}"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "HALFTONE_HOME": str(home), **(environment or {})},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    app = Served(f"http://127.0.0.1:{port}", home, log, process)
    try:
        until(lambda: _answers(app), "the app to answer", _START)
        yield app
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(app: Served) -> bool:
    if app.process.poll() is not None:
        raise AssertionError(f"The app ended: {app.log.read_text(errors='replace')}")
    try:
        with urlopen(f"{app.address}/_stcore/health", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def until(condition: Callable[[], object], what: str, seconds: float = PATIENCE / 1e3) -> None:
    """Wait for something outside the browser, such as a file."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"Waited {seconds:.0f} s for {what}.")
        _PAUSE.wait(0.05)


@dataclass(eq=False)
class Watch:
    """What a browser did behind the page's back.

    Attributes
    ----------
    hosts : set of str
        Every host that anything was asked of, web sockets included.
    complaints : list of str
        Errors of the console and of scripts.
    dialogs : list of str
        What a script alerted.
    """

    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> Watch:
        """Watch all pages of a context."""
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("dialog", self._dialog)
        context.on("page", lambda page: page.on("websocket", self._socket))
        return self

    def _request(self, request: Request) -> None:
        self._asked(request.url)

    def _socket(self, socket: WebSocket) -> None:
        self._asked(socket.url)

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob"):
            self.hosts.add(parts.hostname or url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _OWN_PROBE.search(message.location["url"]):
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def _dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


class Screen:
    """One visitor's page: what she sees and does, by the words on it."""

    def __init__(self, page: Page, app: Served) -> None:
        self.page = page
        self.app = app

    # --- where she is ---

    def visit(self, name: str = "Overview") -> Screen:
        """Come from elsewhere: a first visit, as from a bookmark."""
        place = "" if name == "Overview" else name.lower().replace("-", "_")
        self.page.goto(f"{self.app.address}/{place}")
        return self.shows(name)

    def turn(self, name: str) -> Screen:
        """Go to a page by the navigation on top."""
        self.page.get_by_test_id("stTopNavLink").filter(has_text=re.compile(f"^{name}$")).click()
        return self.shows(name)

    def shows(self, name: str) -> Screen:
        """Wait until a page is there, whole."""
        expect(self.page.get_by_role("heading", name=PAGES[name])).to_be_visible()
        return self.settled()

    def settled(self) -> Screen:
        """Wait until the server has said all it has to say."""
        expect(self.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        return self

    def part(self, name: str) -> Screen:
        """One of the tabs of a page."""
        tab = self.page.get_by_role("tab", name=name)
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        expect(self.page.get_by_role("tabpanel").filter(visible=True)).not_to_be_empty()
        return self.settled()

    def unfold(self) -> Screen:
        """Open everything that is folded in."""
        expanders = self.page.get_by_test_id("stExpander").filter(visible=True)
        for place in range(expanders.count()):
            expander = expanders.nth(place)
            if expander.locator("> details[open]").count() == 0:
                expander.locator("summary").first.click()
            expect(expander.get_by_test_id("stExpanderDetails").first).not_to_be_empty()
            self.settled()
        return self

    def tour(self) -> Iterator[str]:
        """Go to every page and into every part of it, everything unfolded; says where it is."""
        for name in PAGES:
            self.turn(name)
            parts = self.page.get_by_role("tab").all_inner_texts()
            for part in parts:
                self.part(part).unfold()
                yield f"{name}: {part}"
            if not parts:
                self.unfold()
                yield name

    def keyed(self, key: str) -> Locator:
        """The element with a key of Halftone's."""
        return self.page.locator(f".st-key-{key}")

    # --- what she reads ---

    def figure(self, label: str) -> Locator:
        """The value of a metric."""
        metric = self.page.get_by_test_id("stMetric").filter(has=self.page.get_by_text(label, exact=True))
        return metric.get_by_test_id("stMetricValue")

    @property
    def verdict(self) -> Locator:
        """The answer on top of the page."""
        return self.page.locator(".st-key-verdict-safe, .st-key-verdict-unsafe").first

    @property
    def all_text(self) -> str:
        """Every word on the page, those of tables and of what is folded in included."""
        return self.page.locator("body").evaluate("body => body.textContent")

    # --- what she does ---

    def slider(self, label: str) -> Locator:
        """A slider by the column that it blurs."""
        slider = self.page.get_by_test_id("stSlider").filter(has=self.page.get_by_text(label, exact=True))
        return slider.get_by_role("slider")

    def press(self, label: str, key: str = "ArrowRight", times: int = 1) -> None:
        """Press a key on a slider, as fast as a keyboard repeats it."""
        self.slider(label).focus()
        for _ in range(times):
            self.page.keyboard.press(key)

    def step(self, label: str, key: str, word: str) -> None:
        """Press a key on a slider of the tune page; wait until the server has answered, not only the slider."""
        detail = self.figure("Detail kept")
        before = detail.inner_text()
        self.press(label, key)
        expect(self.slider(label)).to_have_attribute("aria-valuetext", word)
        expect(detail).not_to_have_text(before)
        self.settled()

    def move(self, label: str, word: str) -> None:
        """Move a slider step by step to the level with this word, looking at each step."""
        slider = self.slider(label)
        for _ in range(int(slider.get_attribute("max") or 0)):
            before = slider.get_attribute("aria-valuetext")
            if before == word:
                break
            self.press(label)
            expect(slider).not_to_have_attribute("aria-valuetext", before or "")
        expect(slider).to_have_attribute("aria-valuetext", word)
        self.settled()

    def choose(self, label: str, option: str) -> None:
        """Choose from a list."""
        self.page.get_by_role("combobox", name=label).click()
        self.page.get_by_role("option", name=option).click()
        self.settled()

    def upload(self, path: Path) -> Screen:
        """Put a file into the dialog that opens a table; it is shown there, not opened yet."""
        self.turn("Data")
        self.page.get_by_role("button", name="Open a table").click()
        self.page.get_by_role("dialog").locator("input[type=file]").first.set_input_files(path)
        return self

    def open_table(self, path: Path) -> Screen:
        """Upload a table and open it."""
        self.upload(path)
        self.page.get_by_role("button", name="Open this table").click()
        expect(self.page.get_by_role("dialog")).to_be_hidden()
        expect(self.keyed("table").get_by_text(path.name)).to_be_visible()
        return self.settled()
