"""Sliders under a real keyboard, on the sample."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.driver import Screen


def to_researchers(screen: Screen) -> None:
    screen.page.get_by_role("button", name="Policy's levels").click()
    expect(screen.verdict).to_contain_text("Every requirement that Halftone checks is met.")
    screen.settled()  # the verdict stands on top: what is below it comes a moment later


def test_a_press_changes_k_and_undo_brings_it_back(screen: Screen) -> None:
    screen.visit("Tune")
    to_researchers(screen)
    k, detail = screen.figure("Hidden among"), screen.figure("Detail kept")
    before, kept = k.inner_text(), detail.inner_text()
    screen.press("gender")
    expect(screen.slider("gender")).to_have_attribute("aria-valuetext", "hidden")
    expect(k).not_to_have_text(before)
    expect(detail).not_to_have_text(kept)
    assert int(k.inner_text()) > int(before) >= 5
    screen.page.get_by_role("button", name="Undo").click()
    expect(screen.slider("gender")).to_have_attribute("aria-valuetext", "exact")
    expect(k).to_have_text(before)
    expect(detail).to_have_text(kept)
    screen.page.get_by_role("button", name="Redo").click()
    expect(screen.slider("gender")).to_have_attribute("aria-valuetext", "hidden")
    expect(k).not_to_have_text(before)


def test_ctrl_z_takes_a_press_back(screen: Screen) -> None:
    screen.visit("Tune")
    screen.press("birthdate")
    expect(screen.slider("birthdate")).to_have_attribute("aria-valuetext", "month")
    expect(screen.page.get_by_role("button", name="Undo")).to_be_enabled()
    screen.page.keyboard.press("Control+z")
    expect(screen.slider("birthdate")).to_have_attribute("aria-valuetext", "exact date")


def test_eight_quick_presses_are_eight_steps(screen: Screen) -> None:
    screen.visit("Tune")
    detail = screen.figure("Detail kept")
    expect(detail).to_have_text("100 %")
    screen.press("May be deleted: up to 50 rows", times=8)
    expect(screen.slider("May be deleted: up to 90 rows")).to_have_attribute("aria-valuetext", "9%")


def test_quick_presses_on_one_slider_end_where_the_keyboard_does(screen: Screen) -> None:
    screen.visit("Tune")
    for label, times in (("postcode", 7), ("birthdate", 5), ("country_of_birth", 3), ("education_level", 2)):
        screen.press(label, times=times)
    for label, word in (("postcode", "hidden"), ("birthdate", "20 years"), ("country_of_birth", "4 blocs")):
        expect(screen.slider(label)).to_have_attribute("aria-valuetext", word)
    expect(screen.slider("education_level")).to_have_attribute("aria-valuetext", "degree / other")
    expect(screen.verdict).to_contain_text("Every requirement that Halftone checks is met.")


def test_the_setting_stays_when_other_pages_are_looked_at(screen: Screen) -> None:
    screen.visit("Tune")
    to_researchers(screen)
    k = screen.figure("Hidden among").inner_text()
    screen.turn("Overview")
    expect(screen.figure("Hidden among")).to_have_text(k)
    expect(screen.page.get_by_role("button", name="Prepare the release")).to_be_visible()
    screen.turn("Tune")
    expect(screen.slider("birthdate")).to_have_attribute("aria-valuetext", "20 years")
    expect(screen.figure("Hidden among")).to_have_text(k)


def test_a_recipe_is_saved_and_loaded(screen: Screen, tmp_path: Path) -> None:
    screen.visit("Tune")
    screen.step("gender", "ArrowRight", "hidden")
    with screen.page.expect_download() as saved:
        screen.page.get_by_role("button", name="Save recipe").click()
    recipe = tmp_path / saved.value.suggested_filename
    saved.value.save_as(recipe)
    screen.page.get_by_role("button", name="Reset").click()
    expect(screen.slider("gender")).to_have_attribute("aria-valuetext", "exact")
    screen.page.get_by_role("button", name="Load", exact=True).click()
    screen.page.locator("input[type=file][accept*=json]").set_input_files(recipe)
    expect(screen.slider("gender")).to_have_attribute("aria-valuetext", "hidden")
