"""The story of a release: shown screen by screen, and taken along as slides in which nobody can be found."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

from playwright.sync_api import expect
from pptx import Presentation

from tests.browser.driver import ROOT, Screen

SAMPLE = ROOT / "sample_data" / "customers.csv"
NAMED = ("given_name", "surname", "phone_number", "national_insurance_number", "bank_account_number", "postcode")


def identifiers() -> set[str]:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        return {row[name] for row in csv.DictReader(file) for name in NAMED if len(row[name]) > 4}


def texts_in(path: Path) -> list[str]:
    """Every byte that left as text, also inside the members of an archive."""
    content = path.read_bytes()
    found = [content.decode("utf-8", errors="ignore")]
    if path.suffix == ".pptx":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found += [archive.read(name).decode("utf-8", errors="ignore") for name in archive.namelist()]
    return found


def test_the_story_is_told_and_taken_along(screen: Screen, tmp_path: Path) -> None:
    screen.visit().turn("Tune")
    screen.page.get_by_role("button", name="Policy's levels").click()
    expect(screen.verdict).to_contain_text("Every requirement that Halftone checks is met.")
    screen.settled().turn("Present")

    screen.page.get_by_role("button", name="Make slides, report and notebook").click()
    expect(screen.page.get_by_role("button", name="Slides", exact=True)).to_be_visible()
    screen.settled()
    taken = []
    for button in ("Slides", "Risk report as a page", "Notebook", "Script"):
        with screen.page.expect_download() as coming:
            screen.page.get_by_role("button", name=button, exact=True).click()
        taken.append(tmp_path / coming.value.suggested_filename)
        coming.value.save_as(taken[-1])
    show = Presentation(str(taken[0]))
    assert len(show.slides) == 10
    everything = "\n".join(text for path in taken for text in texts_in(path))
    words = set(re.findall(r"[\w.@+-]+", everything))
    assert not any(value in words or (" " in value and value in everything) for value in identifiers())

    screen.page.get_by_role("button", name="Begin").click()
    said = ""
    for number in range(1, 11):
        expect(screen.page.get_by_text(f"{number} of 10")).to_be_visible()
        screen.settled()
        said += screen.all_text
        assert screen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if number < 10:
            screen.page.keyboard.press("ArrowRight")
    assert "1 time in 7" in said
    words = set(re.findall(r"[\w.@+-]+", said))
    assert not any(value in words for value in identifiers())
    screen.page.keyboard.press("ArrowLeft")
    expect(screen.page.get_by_text("9 of 10")).to_be_visible()
    screen.page.keyboard.press("Escape")
    expect(screen.page.get_by_role("button", name="Begin")).to_be_visible()
    screen.settled()
