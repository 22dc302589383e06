"""The README's pictures, taken from the real app on the sample: ``make pictures``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import expect, sync_playwright

from tests.browser.driver import LAUNCH, PATIENCE, ROOT, SIZE, Screen, served

FOLDER: Final = ROOT / "docs" / "pictures"
SHOWN: Final = ("overview", "data", "tune", "trade_off", "attack", "release")
"""Pages by their file's name; README.md shows them."""
_DRAWN: Final = 1_500
"""Milliseconds in which WebGL puts its points on the canvas, which says nothing when it has."""


def take(folder: Path = FOLDER, scheme: Literal["light", "dark"] = "light") -> None:
    """Open the app, set the sliders to the policy's levels, and take a picture of each page."""
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(**LAUNCH)
        with served(Path(home), Path(home) / "server.log") as app:
            page = browser.new_page(viewport=SIZE, color_scheme=scheme, reduced_motion="reduce")
            screen = Screen(page, app).visit("Tune")
            page.get_by_role("button", name="Policy's levels").click()
            expect(screen.verdict).to_contain_text("Every requirement that Halftone checks is met.")
            for name in SHOWN:
                screen.turn(name.capitalize().replace("_", "-"))
                page.mouse.move(0, 0)
                expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
                if name == "trade_off":
                    expect(page.locator(".js-plotly-plot .gl-canvas").first).to_be_visible()
                    page.wait_for_timeout(_DRAWN)
                page.screenshot(path=folder / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
