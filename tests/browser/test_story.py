"""The whole story: two releases, a second person's approval, slides; and what the recipients do with what they got."""

from __future__ import annotations

import io
import os
import re
import subprocess
import tarfile
import zipfile
from pathlib import Path

from frictionless import validate
from playwright.sync_api import Page, expect

from tests.browser.driver import ROOT, Screen
from tests.browser.test_access import Guarded, guarded
from tests.browser.test_release import (
    download,
    every_byte,
    fill,
    make,
    rows_of,
    say_who,
    secrets_of,
    smallest_group,
    to_policy_levels,
    unzip,
)

__all__ = ["guarded"]

GIVEN = Path(os.environ.get("HALFTONE_SHARED", ROOT.parent / "shared")) / "data/coursework/customer_information.csv"
CUSTOMERS = GIVEN if GIVEN.is_file() else ROOT / "sample_data" / "customers.csv"
"""The insurer's own table where it is; elsewhere the sample, which is made to be like it."""
PART = "Two releases joined"


def test_two_recipients_safely(guarded: Guarded, tmp_path: Path, age: str, page: Page) -> None:
    key, public = identity(tmp_path)
    rita = guarded.sign_in("rita").shows("Overview")
    rita.open_table(CUSTOMERS)
    researchers = sealed_release(rita, public, tmp_path)
    government = open_release(guarded, rita, tmp_path)
    slides = slides_of(rita, tmp_path)

    rows = opened_by_age(age, key, researchers, tmp_path / "by_age")
    published = rows_of(government)
    assert smallest_group(rows, ("gender", "birthdate", "country_of_birth", "education_level")) >= 5
    assert smallest_group(published, tuple(published[0])) >= 11
    pseudonyms = [row["national_insurance_number_pseudonym"] for row in rows]
    assert len(set(pseudonyms)) == len(rows)
    opened_in_a_browser(page, key, researchers)
    signed(researchers)
    signed(government)
    for folder in (tmp_path / "by_age", government):
        assert validate(str(folder / "datapackage.json")).valid
    with zipfile.ZipFile(slides) as pages:
        assert 8 <= sum(name.startswith("ppt/slides/slide") for name in pages.namelist()) <= 14
        told = b"\n".join(pages.read(name) for name in pages.namelist())
    left = b"\n".join([*(every_byte(folder) for folder in (researchers, tmp_path / "by_age", government)), told])
    assert not [secret for secret in secrets_of(CUSTOMERS) if len(secret) > 8 and secret.encode() in left]


def identity(folder: Path) -> tuple[Path, str]:
    key = folder / "identity.key"
    subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
    return key, subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True, text=True).stdout.strip()


def sealed_release(screen: Screen, public: str, folder: Path) -> Path:
    """To researchers: sealed to their key, with pseudonyms, entered into the vault's ledger."""
    to_policy_levels(screen)
    screen.turn("Release").part(PART)
    screen.page.get_by_label("Passphrase of your vault", exact=True).fill("correct horse battery")
    screen.page.get_by_label("Once more", exact=True).fill("correct horse battery")
    screen.page.get_by_role("button", name="Make a vault").click()
    expect(screen.page.get_by_text("Nothing to join yet.")).to_be_visible()
    screen.settled().part("Make the release")
    screen.choose("Pseudonyms, if follow-up is agreed", "national_insurance_number")
    screen.page.keyboard.press("Escape")
    screen.page.get_by_text("The recipient's own key").click()
    fill(screen, "The recipient's public key", public)
    say_who(screen)
    make(screen)
    made = unzip(download(screen, "Download the release", folder))
    screen.page.get_by_role("button", name="Make another release").click()
    expect(screen.page.get_by_role("button", name="Download the release")).to_have_count(0)
    screen.settled()
    return made


def open_release(everybody: Guarded, author: Screen, folder: Path) -> Path:
    """To the government: nested in the first one, asked for by one person, approved by another."""
    author.choose("Who gets it?", "Government")
    to_policy_levels(author)
    author.turn("Release").part(PART)
    expect(author.page.get_by_text("Someone who holds both releases can single out nobody.")).to_be_visible()
    author.part("Make the release")
    fill(author, "What should they know?", "For the portal.")
    author.page.get_by_role("button", name="Ask for approval").click()
    expect(author.page.get_by_text("Waiting for a second person's approval.")).to_be_visible()
    second = everybody.sign_in("ralf").shows("Overview")
    second.turn("Release")
    fill(second, "Why?", "Looked at every point.")
    second.page.get_by_role("button", name="Approve").click()
    expect(second.page.get_by_text("asked for by rita@example.org")).to_have_count(0)
    author.turn("Overview").turn("Release").part("Make the release")
    expect(author.page.get_by_text("Approved by ralf@example.org.")).to_be_visible()
    say_who(author)
    make(author)
    return unzip(download(author, "Download the release", folder))


def slides_of(screen: Screen, folder: Path) -> Path:
    screen.turn("Present")
    screen.page.get_by_role("button", name="Make slides, report and notebook").click()
    expect(screen.page.get_by_role("button", name="Slides", exact=True)).to_be_visible()
    screen.settled()
    return download(screen, "Slides", folder)


def opened_by_age(program: str, key: Path, package: Path, to: Path) -> list[dict[str, str]]:
    plain = subprocess.run([program, "-d", "-i", key, package / "payload.tar.age"], check=True, capture_output=True)
    with tarfile.open(fileobj=io.BytesIO(plain.stdout)) as archive:
        archive.extractall(to, filter="data")
    return rows_of(to)


def opened_in_a_browser(page: Page, key: Path, package: Path) -> None:
    page.goto((package / "decrypt.html").as_uri())
    page.locator("#files").set_input_files([package / "payload.tar.age"])
    page.locator("#key").fill(key.read_text().splitlines()[-1])
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("status")).to_contain_text("each as it is listed inside")


def signed(package: Path) -> None:
    verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "public_key.pem", "-rawin"]
    files = ["-in", "manifest.json", "-sigfile", "manifest.sig"]
    done = subprocess.run([*verify, *files], cwd=package, check=True, capture_output=True, text=True)
    assert re.search("Signature Verified", done.stdout)
