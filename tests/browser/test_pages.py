"""Every page in the browser: the first visit, both themes, what it fetches, what it keeps to itself."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.driver import PAGES, ROOT, SIZE, Screen, Watch, until

SAMPLE = ROOT / "sample_data" / "customers.csv"
IDENTIFYING = (
    "given_name",
    "surname",
    "birthdate",
    "phone_number",
    "postcode",
    "national_insurance_number",
    "bank_account_number",
)
THEMES = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 24, 28)"}
FIGURES = {"Overview": 3, "Data": 4, "Tune": 6, "Release": 3}


@pytest.mark.parametrize("name", PAGES)
def test_a_first_visit_shows_the_page_on_the_sample(screen: Screen, name: str) -> None:
    screen.visit(name)
    expect(screen.keyed("table")).to_contain_text("customers.csv")
    expect(screen.keyed("table")).to_contain_text("Sample: made-up people")
    if name == "Overview":
        expect(screen.verdict).to_contain_text("Not yet: all 1,000 people can be singled out.")
        expect(screen.figure("Hidden among")).to_have_text("1")


def test_no_request_leaves_the_machine_whatever_dialog_is_opened(screen: Screen, watch: Watch) -> None:
    screen.visit("Data")
    screen.page.get_by_role("button", name="Open a table").click()
    expect(screen.page.get_by_role("dialog")).to_be_visible()
    screen.page.keyboard.press("Escape")
    screen.page.get_by_role("button", name="Add a recipient").click()
    expect(screen.page.get_by_role("dialog")).to_be_visible()
    screen.page.keyboard.press("Escape")
    expect(screen.page.get_by_role("dialog")).to_be_hidden()
    screen.settled()
    assert watch.hosts == {"127.0.0.1"}


@pytest.mark.parametrize("theme", THEMES)
def test_the_answer_stands_on_the_first_screen_in_both_themes(screen: Screen, page: Page, theme: str) -> None:
    page.emulate_media(color_scheme=theme)
    screen.visit()
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", THEMES[theme])
    for name, number in FIGURES.items():
        screen.turn(name)
        figures = page.get_by_test_id("stMetricValue")
        expect(figures).to_have_count(number)
        answers = figures.all() if name == "Data" else [screen.verdict, *figures.all()]
        for answer in answers:
            box = answer.bounding_box()
            assert box is not None
            assert box["y"] > 0
            assert box["y"] + box["height"] <= SIZE["height"], name


def words_of(text: str, values: set[str]) -> set[str]:
    """Those values that stand in a text as words of their own."""
    return {value for value in values if re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text)}


def test_nothing_leaves_the_machine_on_any_page_and_presentation_mode_shows_nobody(
    screen: Screen, watch: Watch
) -> None:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        rows = [row for row, _ in zip(csv.DictReader(file), range(100), strict=False)]
    raw = {row[column].strip() for row in rows for column in IDENTIFYING} - {"", "Alex"}  # Alex is everybody
    frames: list[bytes] = []  # what the server says: a table draws only the cells in sight
    screen.page.on("websocket", lambda socket: socket.on("framereceived", lambda said: frames.append(_bytes(said))))

    def told() -> set[str]:
        heard = b"".join(frames)
        frames.clear()
        return words_of(screen.all_text, raw) | {value for value in raw if len(value) > 6 and value.encode() in heard}

    screen.visit()
    shown = {where: told() for where in screen.tour()}
    assert len(shown) > len(PAGES), "the parts of each page are opened too"
    assert watch.hosts == {"127.0.0.1"}
    assert len(shown["Data: Roles"]) > 5, "examples stand in the table of roles"
    assert len(shown["Tune"]) > 5, "records stand on the tune page"
    screen.keyed("presenting").locator("label").first.click()
    expect(screen.page.get_by_role("switch", name="Presentation mode")).to_be_checked()
    screen.settled()
    frames.clear()
    for where in screen.tour():
        assert not told(), where


def _bytes(said: str | bytes) -> bytes:
    return said.encode() if isinstance(said, str) else said


def test_what_was_done_is_offered_again_after_a_reload(screen: Screen, tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("sex,town\n" + "".join(f"{'FM'[i % 2]},town {i % 7}\n" for i in range(200)), encoding="utf-8")
    kept = screen.app.home / "projects"
    before = {path.name for path in kept.glob("*.json")}
    screen.visit().open_table(table).turn("Tune")
    screen.press("sex")
    expect(screen.slider("sex")).to_have_attribute("aria-valuetext", "hidden")
    until(lambda: {path.name for path in kept.glob("*.json")} - before, "the setting to be kept")
    new = next(path for path in kept.glob("*.json") if path.name not in before)
    assert "town 3" not in new.read_text(encoding="utf-8"), "values are not kept"
    screen.page.reload()
    screen.shows("Tune")
    expect(screen.keyed("table")).to_contain_text("Sample: made-up people")
    screen.open_table(table)
    screen.page.get_by_role("button", name="Continue").click()
    screen.settled().turn("Tune")
    expect(screen.slider("sex")).to_have_attribute("aria-valuetext", "hidden")


def test_two_visitors_do_not_meet(screen: Screen, context: BrowserContext) -> None:
    other = Screen(context.new_page(), screen.app)
    screen.visit("Tune")
    other.visit("Tune")
    screen.press("gender")
    expect(screen.slider("gender")).to_have_attribute("aria-valuetext", "hidden")
    other.press("birthdate")
    expect(other.slider("birthdate")).to_have_attribute("aria-valuetext", "month")
    expect(other.slider("gender")).to_have_attribute("aria-valuetext", "exact")
    expect(screen.slider("birthdate")).to_have_attribute("aria-valuetext", "exact date")
