"""The settings that keep Streamlit on this machine and quiet, and the contrast of both themes."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from itertools import product
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETTINGS = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("server.address", "127.0.0.1"),
        ("server.allowedHosts", ["127.0.0.1", "localhost"]),
        ("server.enableCORS", True),
        ("server.enableXsrfProtection", True),
        ("server.enableAgentApi", False),
        ("server.enableStaticServing", False),
        ("server.showEmailPrompt", False),
        ("browser.gatherUsageStats", False),
        ("client.disableDataExport", True),
        ("client.showErrorDetails", "none"),
        ("client.showErrorLinks", False),
        ("client.toolbarMode", "minimal"),
        ("runner.magicEnabled", False),
    ],
)
def test_the_safety_settings_are_stated(option: str, value: object) -> None:
    section, name = option.split(".")
    assert SETTINGS[section][name] == value


def test_a_table_of_200_megabytes_may_be_uploaded() -> None:
    assert SETTINGS["server"]["maxUploadSize"] >= 200


def test_streamlit_knows_every_setting_and_takes_it() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "streamlit", "config", "show"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "not a valid config option" not in shown.stdout + shown.stderr
    for line in ('address = "127.0.0.1"', "enableAgentApi = false", "disableDataExport = true"):
        assert f"\n{line}\n" in shown.stdout


def test_nothing_in_the_theme_is_fetched() -> None:
    text = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert "http" not in text
    assert "url" not in text.lower()
    assert "fontFaces" not in text


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_agrees_with_the_known_extremes() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_is_readable_and_marks_stand_out(mode: str) -> None:
    theme = SETTINGS["theme"][mode]
    backgrounds = (theme["backgroundColor"], theme["secondaryBackgroundColor"])
    for text, background in product((theme["textColor"], theme["linkColor"]), backgrounds):
        assert contrast(text, background) >= 4.5
    for mark in (theme["primaryColor"], *theme["chartCategoricalColors"]):
        assert contrast(mark, theme["backgroundColor"]) >= 3
    assert contrast(theme["primaryColor"], "#ffffff") >= 4.5, "the label of a primary button is white"
