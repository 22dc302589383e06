"""A click on the picture of every setting, in a real browser."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from tests.browser.driver import Screen, until

POINT = """
(plot, name) => {
    const trace = plot._fullData?.find(t => t.name.startsWith(name));
    if (!trace || !plot._fullLayout.xaxis?.d2p) return null;
    const x = plot._fullLayout.xaxis, y = plot._fullLayout.yaxis;
    const box = plot.getBoundingClientRect();
    return {
        left: box.left + x._offset + x.d2p(trace.x[0]),
        top: box.top + y._offset + y.d2p(trace.y[0]),
        words: trace.text[0],
    };
}
"""
"""Where the first point of a trace stands on the screen, and what it says; nothing until it is drawn."""


def to_the_picture(screen: Screen) -> Any:
    """Go to the trade-off page and wait for its picture."""
    screen.settled().turn("Trade-off")
    picture = screen.keyed("trade-off-picture").locator(".js-plotly-plot")
    expect(picture).to_be_visible(timeout=60_000)
    screen.settled()
    return picture


def test_a_click_on_the_frontier_moves_the_sliders_there(screen: Screen) -> None:
    screen.visit("Tune")
    screen.choose("Who gets it?", "Government")
    expect(screen.slider("gender")).to_have_attribute("aria-valuetext", "exact")
    picture = to_the_picture(screen)
    until(lambda: picture.evaluate(POINT, "frontier"), "the picture to be drawn")
    point = picture.evaluate(POINT, "frontier")
    words = dict(part.split(": ", 1) for part in point["words"].split("<br>"))
    assert words

    def hovers() -> bool:
        """Over the point, wherever it stands by now: what is drawn above it may have moved it."""
        if "detail kept" in (picture.locator(".hoverlayer").text_content() or ""):
            return True
        now = picture.evaluate(POINT, "frontier")
        screen.page.mouse.move(now["left"] + 1, now["top"])
        screen.page.mouse.move(now["left"], now["top"])
        return False

    until(hovers, "the point to say what it is")
    screen.page.mouse.down()
    screen.page.mouse.up()
    expect(screen.page.get_by_role("button", name="Undo")).to_be_enabled()
    expect(screen.page.get_by_role("button", name="Use the best setting")).to_be_disabled()
    screen.settled().turn("Tune")
    for column in ("gender", "birthdate", "country_of_birth", "postcode", "education_level"):
        expect(screen.slider(column)).to_have_attribute("aria-valuetext", words.get(column, re.compile("^exact")))
    screen.page.get_by_role("button", name="Undo").click()
    expect(screen.slider("birthdate")).to_have_attribute("aria-valuetext", re.compile("^exact"))


def test_the_next_step_on_the_tune_page_leads_to_the_requirements(screen: Screen) -> None:
    screen.visit("Tune")
    advice = screen.keyed("next-step")
    expect(advice).to_contain_text("Shortest way to meet the requirements: 3 moves", timeout=60_000)
    screen.settled()
    screen.keyed("do-next-step").get_by_role("button").click()
    expect(screen.page.locator(".st-key-verdict-safe")).to_be_visible()
    expect(screen.slider("birthdate")).to_have_attribute("aria-valuetext", "20 years")
    expect(advice).to_contain_text("Nothing to gain in one move.")
    screen.settled()
    screen.page.get_by_role("button", name="Undo").click()
    expect(screen.slider("birthdate")).to_have_attribute("aria-valuetext", "exact date")
