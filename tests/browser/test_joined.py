"""Two releases joined, in the browser: the second is stopped, and made to nest with one click."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.driver import Screen, Watch, served

WORDS = "correct horse battery"
PART = "Two releases joined"


@pytest.fixture
def owner(page: Page, context: BrowserContext, tmp_path: Path) -> Iterator[Screen]:
    """An installation of its own: a vault stays where it was made."""
    watch = Watch().over(context)
    with served(tmp_path / "home", tmp_path / "server.log") as app:
        yield Screen(page, app)
        assert "Traceback" not in app.log.read_text()
    assert watch.hosts == {"127.0.0.1"}
    assert watch.complaints == []


def to_policy_levels(screen: Screen) -> None:
    screen.turn("Tune")
    screen.page.get_by_role("button", name="Policy's levels").click()
    expect(screen.verdict).to_contain_text("Every requirement that Halftone checks is met.")
    screen.settled()


def fill(screen: Screen, label: str, text: str) -> None:
    field = screen.page.get_by_role("textbox", name=label, exact=True)
    field.fill(text)
    field.press("Tab")
    screen.settled()


def release_to_researchers(screen: Screen) -> None:
    screen.visit()
    to_policy_levels(screen)
    screen.turn("Release").part(PART)
    screen.page.get_by_label("Passphrase of your vault", exact=True).fill(WORDS)
    screen.page.get_by_label("Once more", exact=True).fill(WORDS)
    screen.page.get_by_role("button", name="Make a vault").click()
    expect(screen.page.get_by_text("Nothing to join yet.")).to_be_visible()
    screen.settled().part("Make the release")
    screen.page.get_by_role("button", name="Make the release", exact=True).click()
    expect(screen.page.get_by_role("button", name="Download the release")).to_be_visible()
    screen.settled()
    screen.page.get_by_role("button", name="Make another release").click()
    expect(screen.page.get_by_role("button", name="Download the release")).to_have_count(0)
    screen.settled()


def test_a_second_release_that_crosses_the_first_is_made_to_nest(owner: Screen) -> None:
    screen = owner
    release_to_researchers(screen)
    screen.choose("Who gets it?", "Government")
    to_policy_levels(screen)
    for column, key, words in (
        ("birthdate", "ArrowLeft", ("10 years", "5 years")),
        ("country_of_birth", "ArrowRight", ("Europe / other", "hidden")),
        ("education_level", "ArrowLeft", ("degree / other",)),
    ):
        for word in words:
            screen.step(column, key, word)
    screen.turn("Release")
    expect(screen.verdict).to_contain_text("Not yet")
    screen.part(PART)
    part = screen.page.get_by_role("tabpanel").filter(visible=True)
    expect(part.get_by_text("Someone who holds both releases can")).to_be_visible()
    expect(part.get_by_text("Without birthdate")).to_be_visible()
    part.get_by_role("button", name="Make it nest").click()
    expect(screen.verdict).to_contain_text("Every requirement that Halftone checks is met.")
    screen.settled().part(PART)
    expect(part.get_by_text("Someone who holds both releases can single out nobody.")).to_be_visible()
    screen.turn("Attack").part(PART)
    expect(part.get_by_text("Someone who holds both releases can single out nobody.")).to_be_visible()
