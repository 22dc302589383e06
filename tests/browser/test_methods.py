"""Trying a method, looking at its groups, and using it, in a real browser."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.driver import Screen


def test_a_method_is_tried_looked_at_and_used(screen: Screen) -> None:
    screen.visit("Methods")
    page = screen.page
    page.get_by_role("button", name="Try it").click()
    use = page.get_by_role("button", name="Use it")
    expect(use).to_be_enabled(timeout=60_000)
    screen.settled()
    expect(screen.keyed("methods-chart").locator("canvas, svg").first).to_be_visible()
    expect(page.get_by_text("Every requirement that Halftone checks is met.").first).to_be_visible()
    expect(screen.keyed("plane-before-box").locator("canvas, svg").first).to_be_visible()
    after = screen.keyed("plane-after-box").locator("canvas, svg").first
    expect(after).to_be_visible()
    screen.part("What was done")
    expect(page.get_by_text("Mondrian partitioning (strict: no two groups overlap).")).to_be_visible()
    screen.part("Groups")
    page.get_by_text("Presentation mode").click()
    expect(page.get_by_text("Hidden in presentation mode").first).to_be_visible()
    expect(screen.keyed("plane-before-box")).to_have_count(0)
    screen.settled()
    use.click()
    expect(use).to_be_disabled()
    expect(page.get_by_role("link", name="Release it")).to_be_visible()
    screen.settled()
    page.get_by_role("button", name="Undo").click()
    expect(use).to_be_enabled()
