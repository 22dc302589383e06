"""The attack page in front of a real browser, on the sample."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.driver import Screen

SHARED = Path(os.environ.get("HALFTONE_SHARED", Path(__file__).parents[3] / "shared"))
INSURER = SHARED / "data" / "coursework" / "customer_information.csv"


def to_attack(screen: Screen) -> None:
    """By the navigation on top, from the researchers' levels."""
    screen.visit("Tune")
    screen.page.get_by_role("button", name="Policy's levels").click()
    expect(screen.verdict).to_contain_text("Every requirement that Halftone checks is met.")
    screen.settled().turn("Attack")  # the verdict stands on top: the sliders' new values come a moment later


def test_alex_is_found_in_the_table_and_hidden_in_the_release(screen: Screen) -> None:
    to_attack(screen)
    expect(screen.figure("Rows in your table")).to_have_text("1")
    expect(screen.figure("People singled out")).to_have_text("0")
    expect(screen.verdict).to_contain_text(re.compile("one of [0-9]+ that fit|not in the release"))
    box = screen.page.get_by_test_id("stMetric").last.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 720


def test_knowing_less_finds_more_people(screen: Screen) -> None:
    to_attack(screen)
    for column in ("birthdate", "postcode", "country_of_birth"):
        slider = screen.page.get_by_test_id("stSlider").filter(has_text=column).get_by_role("slider")
        slider.focus()
        screen.page.keyboard.press("Home")
        screen.settled()
    expect(screen.figure("Rows in your table")).not_to_have_text("1")


def test_an_intruder_a_chart_and_a_hash(screen: Screen) -> None:
    to_attack(screen)
    screen.part("Motivated intruder")
    screen.page.get_by_role("button", name="Try it").click()
    expect(screen.page.get_by_text("Looking for 100 people: with your table 100 (100 %)")).to_be_visible()
    screen.part("Precision")
    expect(screen.page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first).to_be_visible()
    screen.part("Hashes")
    screen.page.get_by_role("button", name="Measure on this machine").click()
    expect(screen.page.get_by_text("This is extrapolated from the measurement")).to_be_visible()


@pytest.mark.skipif(not INSURER.is_file(), reason="needs the insurer's table: set HALFTONE_SHARED")
def test_the_insurers_own_table_is_attacked(screen: Screen) -> None:
    """The first user's file: what stands alone in it, what hides in the release, and what the groups give away."""
    screen.visit("Data").open_table(INSURER)
    to_attack(screen)
    expect(screen.figure("Rows in your table")).to_have_text("1")
    expect(screen.figure("People singled out")).to_have_text("0")
    screen.part("Attackers")
    screen.page.get_by_role("spinbutton", name="share of the population").fill("10")
    screen.page.keyboard.press("Enter")
    expect(screen.page.get_by_text("Estimated from 10 % of the population")).to_be_visible()
    screen.part("Without any search")
    expect(screen.page.get_by_text("Nobody's country of birth in the file is")).to_be_visible()
    expect(screen.page.get_by_text("share one value in at least 90 % of each group").first).to_be_visible()
