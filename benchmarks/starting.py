"""The first visit of a server that has just begun: with no kernel compiled yet, and with all of them on disk."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from benchmarks.timing import Figure
from tests.browser.driver import LAUNCH, SIZE, served

PATIENCE = 120_000
QUESTION = "What is the cheapest safe setting?"
PREPARING = "Getting the fast counting code ready"


def figures(*, large: bool) -> Iterator[Figure]:  # noqa: ARG001 - the sample is all that is opened
    """Seconds from the first request to the trade-off page's heading, to what it says, and to its picture."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**LAUNCH)
        expect.set_options(timeout=PATIENCE)
        for kernels in ("not compiled", "compiled"):
            yield from _first_visit(browser, Path(folder), kernels)
        browser.close()


def _first_visit(browser: Browser, folder: Path, kernels: str) -> Iterator[Figure]:
    with served(folder / "home", folder / "log", {"NUMBA_CACHE_DIR": str(folder / "kernels")}) as app:
        page = browser.new_page(viewport=SIZE)
        start = time.perf_counter()
        page.goto(f"{app.address}/trade_off")
        expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()
        heading = time.perf_counter() - start
        picture = page.get_by_role("button", name="Use the best setting")
        expect(page.get_by_text(PREPARING).or_(picture).first).to_be_visible()
        said = time.perf_counter() - start
        expect(picture).to_be_visible()
        drawn = time.perf_counter() - start
        page.close()
    yield Figure(f"kernels {kernels}: heading", f"{heading:.1f} s", "at most 2 s", heading <= 2)
    yield Figure("what the page is doing", f"{said:.1f} s", "at most 2 s", said <= 2)
    yield Figure("the picture", f"{drawn:.1f} s", "some seconds", met=True)
