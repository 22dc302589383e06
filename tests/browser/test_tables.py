"""Other people's tables in the browser: the insurer's own, hostile ones, and files that are no table."""

from __future__ import annotations

import os
import re
import shutil
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.driver import ROOT, Screen, Watch

SHARED = Path(os.environ.get("HALFTONE_SHARED", ROOT.parent / "shared"))
COURSEWORK = SHARED / "data" / "coursework" / "customer_information.csv"
SAMPLE = ROOT / "sample_data" / "customers.csv"
ROLES = {"Name one person": 5, "Point together": 5, "Seen by others": 6, "Could harm": 4}
"""The 18 columns, and the body mass index that is computed; two columns are observable and sensitive."""
HOSTILE = (
    "![x](http://example.org/x.png)",
    "<script>alert(1)</script>",
    "=cmd()",
    "<img src=http://example.org/y.png onerror=alert(2)>",
)


@pytest.mark.parametrize(
    ("file", "k"),
    [
        pytest.param(
            COURSEWORK,
            "19",  # as an independent count found: ../shared/POLICY.md, "Measured"
            id="insurer",
            marks=[
                pytest.mark.shared,
                pytest.mark.skipif(not COURSEWORK.exists(), reason="HALFTONE_SHARED is not there"),
            ],
        ),
        pytest.param(SAMPLE, "13", id="sample"),
    ],
)
def test_the_government_s_policy_is_reached_by_hand_in_two_minutes(
    screen: Screen, tmp_path: Path, file: Path, k: str
) -> None:
    table = Path(shutil.copy(file, tmp_path / "customer_information.csv"))
    screen.visit()
    start = time.monotonic()
    screen.open_table(table)
    for role, number in ROLES.items():
        expect(screen.figure(role)).to_have_text(str(number))
    screen.choose("Who gets it?", "Government")
    screen.turn("Tune")
    expect(screen.verdict).to_contain_text("Not yet")
    screen.press("postcode", "End")
    screen.press("education_level", "End")
    screen.move("birthdate", "20 years")
    screen.move("country_of_birth", "4 blocs")
    expect(screen.verdict).to_contain_text("Every requirement that Halftone checks is met.")
    assert time.monotonic() - start < 120
    expect(screen.slider("gender")).to_have_attribute("aria-valuetext", "exact")
    expect(screen.figure("Hidden among")).to_have_text(k)
    expect(screen.figure("Records exposed")).to_have_text("0")
    expect(screen.figure("Rows deleted")).to_have_text("0")
    expect(screen.keyed("checks")).not_to_contain_text("fails")


def test_hostile_columns_and_values_stay_text(screen: Screen, watch: Watch, tmp_path: Path) -> None:
    table = tmp_path / f"{HOSTILE[2]}.csv"
    values = ("![{0}](http://example.org/{0}.png)", "<img src=x onerror=alert({0})>", "={0}+1", ":material/star: {0}")
    rows = [[value.format(i * (j + 1) % 5) for j, value in enumerate(values)] for i in range(60)]
    table.write_text("\n".join("\t".join(row) for row in [list(HOSTILE), *rows]), encoding="utf-8")
    screen.visit().open_table(table)
    screen.turn("Tune")
    screen.page.get_by_role("button", name=re.compile(r"^\d+ columns?")).click()
    chosen = screen.page.get_by_role("combobox", name="Columns that point at a person")
    for name in HOSTILE:
        if not screen.slider(name).count():
            chosen.click()
            screen.page.get_by_role("option", name=name, exact=True).click()
            expect(screen.slider(name)).to_have_count(1)
    screen.page.keyboard.press("Escape")
    screen.settled()
    for where in ("Tune", "Trade-off", "Attack"):  # every page: test_hardening.py
        screen.turn(where).unfold()
        assert not screen.page.locator("img[src*='example.org'], a[href*='example.org']").count(), where
        assert not screen.page.locator("body script", has_text="alert(").count(), where
    assert watch.hosts == {"127.0.0.1"}
    assert not watch.dialogs


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40),
        ("empty.csv", b""),
        ("header.csv", b"name,sex,town\n"),
        ("ragged.csv", b"a,b,c\n1,2,3\n4,5\n6,7,8,9,10\n" * 3),
        ("broken.xlsx", b"PK\x03\x04" + bytes(500)),
        ("broken.parquet", b"PAR1" + bytes(500)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_file_is_one_sentence_and_the_old_table_stays(
    screen: Screen, tmp_path: Path, name: str, content: bytes
) -> None:
    bad = tmp_path / name
    bad.write_bytes(content)
    screen.visit().upload(bad)
    alert = screen.page.get_by_role("dialog").get_by_role("alert")
    expect(alert).to_have_count(1)
    said = alert.inner_text()
    assert "Traceback" not in said
    assert "Error" not in said
    assert str(tmp_path) not in said
    expect(screen.page.get_by_role("button", name="Open this table")).to_have_count(0)
    screen.page.keyboard.press("Escape")
    expect(screen.page.get_by_role("dialog")).to_be_hidden()
    expect(screen.keyed("table")).to_contain_text("customers.csv")
    screen.turn("Overview")
    expect(screen.figure("Hidden among")).to_have_text("1")


def test_a_table_on_this_machine_is_opened_by_its_path(screen: Screen, tmp_path: Path) -> None:
    table = tmp_path / "by path.csv"
    table.write_text("sex,town\n" + "".join(f"{'FM'[i % 2]},{i % 5}\n" for i in range(100)), encoding="utf-8")
    screen.visit().turn("Data")
    screen.page.get_by_role("button", name="Open a table").click()
    path = screen.page.get_by_role("textbox", name="Or a file on this machine")
    path.fill(str(tmp_path / "not there.csv"))
    path.press("Enter")
    expect(screen.page.get_by_role("dialog").get_by_role("alert")).to_have_count(1)
    path.fill(str(table))
    path.press("Enter")
    screen.page.get_by_role("button", name="Open this table").click()
    expect(screen.keyed("table")).to_contain_text("100 rows · 2 columns")
