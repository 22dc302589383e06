"""A release from end to end: made in the browser, downloaded, and opened by the recipient's own programs."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import expect

from tests.browser.driver import ROOT, Screen

SAMPLE = ROOT / "sample_data" / "customers.csv"
DIRECT = ("given_name", "surname", "phone_number", "national_insurance_number", "bank_account_number")
QIS = ("gender", "birthdate", "country_of_birth", "education_level")
"""Of a release to researchers; the postcode is hidden."""
OWNER, CONTACT = "Insurer of the browser test", "data@insurer.example"

Row = dict[str, str]


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """The sample with names that stand nowhere else, in a folder with a name that stands nowhere else."""
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        row["given_name"] = f"Zebulon{chr(97 + number % 26)}{row['given_name']}"
        row["surname"] = f"Quetzal{chr(97 + number // 26 % 26)}{row['surname']}"
    path = tmp_path / "folder-of-the-owner" / "people.csv"
    path.parent.mkdir()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def open_by_path(screen: Screen, path: Path) -> None:
    screen.visit().turn("Data")
    screen.page.get_by_role("button", name="Open a table").click()
    field = screen.page.get_by_role("textbox", name="Or a file on this machine")
    field.fill(str(path))
    field.press("Enter")
    screen.page.get_by_role("button", name="Open this table").click()
    expect(screen.keyed("table")).to_contain_text(path.name)
    screen.settled()


def to_policy_levels(screen: Screen) -> None:
    screen.turn("Tune")
    screen.page.get_by_role("button", name="Policy's levels").click()
    expect(screen.verdict).to_contain_text("Every requirement that Halftone checks is met.")
    screen.settled()


def promised_columns(screen: Screen) -> list[str]:
    """The names in the table of columns that leave."""
    screen.part("Columns")
    grid = screen.page.get_by_test_id("stDataFrame").first.locator("[role=grid]")
    expect(grid).to_have_attribute("aria-rowcount", re.compile(r"\d+"))
    names = grid.locator("[role=gridcell][aria-colindex='1']")
    expect(names).to_have_count(int(grid.get_attribute("aria-rowcount") or 0) - 1)
    return names.all_text_contents()


def fill(screen: Screen, label: str, text: str) -> None:
    field = screen.page.get_by_role("textbox", name=label)
    field.fill(text)
    field.press("Tab")
    screen.settled()


def say_who(screen: Screen) -> None:
    fill(screen, "You, the owner", OWNER)
    fill(screen, "How to reach you", CONTACT)


def make(screen: Screen) -> None:
    screen.page.get_by_role("button", name="Make the release", exact=True).click()
    expect(screen.page.get_by_role("button", name="Download the release")).to_be_visible()
    screen.settled()


def download(screen: Screen, button: str, folder: Path) -> Path:
    with screen.page.expect_download() as coming:
        screen.page.get_by_role("button", name=button).click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def unzip(path: Path) -> Path:
    """The one folder in a download."""
    out = path.with_suffix("")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        archive.extractall(out.parent)
    assert out.is_dir()
    return out


def rows_of(folder: Path) -> list[Row]:
    (table,) = (folder / "data").glob("*.csv")
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def smallest_group(rows: list[Row], columns: tuple[str, ...]) -> int:
    return min(Counter(tuple(row[column] for column in columns) for row in rows).values())


def every_byte(folder: Path) -> bytes:
    """All files of a folder with their names; workbooks and Parquet unpacked too."""
    found = [str(folder.name).encode()]
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        found += [str(path.relative_to(folder)).encode(), content]
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                found += [archive.read(name) for name in archive.namelist()]
        if path.suffix == ".parquet":
            found.append(repr(pq.read_table(path).to_pylist()).encode())
    return b"\n".join(found)


def secrets_of(people: Path) -> set[str]:
    """What must not leave: identifiers, exact birthdates in two spellings, postcodes."""
    with people.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    secrets = {row[column].strip() for row in rows for column in (*DIRECT, "birthdate", "postcode")}
    secrets |= {"-".join(reversed(row["birthdate"].split("/"))) for row in rows}
    return {secret for secret in secrets if len(secret) > 5}


def test_a_release_sealed_to_a_key_is_opened_with_age(screen: Screen, tmp_path: Path, people: Path, age: str) -> None:
    key = tmp_path / "identity.key"
    subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
    public = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True, text=True).stdout.strip()
    open_by_path(screen, people)
    to_policy_levels(screen)
    k = int(screen.figure("Hidden among").inner_text())
    deleted = int(screen.figure("Rows deleted").inner_text())
    screen.turn("Release")
    promised = int(re.sub(r"\D", "", screen.figure("What leaves").inner_text()))
    assert promised == 1000 - deleted
    columns = promised_columns(screen)
    screen.part("Make the release")
    screen.page.get_by_text("The recipient's own key").click()
    expect(screen.page.get_by_role("button", name="Make the release", exact=True)).to_be_disabled()
    fill(screen, "The recipient's public key", public)
    expect(screen.page.get_by_text("A valid key.")).to_be_visible()
    say_who(screen)
    make(screen)
    fingerprint = screen.page.get_by_test_id("stCode").filter(has_text=re.compile(r"^[\s0-9a-f]{64,}$")).first
    shown = re.sub(r"\s", "", fingerprint.text_content() or "")
    package = unzip(download(screen, "Download the release", tmp_path))

    der = ["openssl", "pkey", "-pubin", "-in", "public_key.pem", "-outform", "DER"]
    public_key = subprocess.run(der, cwd=package, check=True, capture_output=True).stdout
    digest = subprocess.run(["openssl", "dgst", "-sha256", "-r"], input=public_key, check=True, capture_output=True)
    assert digest.stdout.decode().split()[0] == shown
    verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "public_key.pem", "-rawin"]
    files = ["-in", "manifest.json", "-sigfile", "manifest.sig"]
    subprocess.run([*verify, *files], cwd=package, check=True, capture_output=True)

    opened = tmp_path / "opened"
    plain = subprocess.run([age, "-d", "-i", key, package / "payload.tar.age"], check=True, capture_output=True)
    with tarfile.open(fileobj=io.BytesIO(plain.stdout)) as archive:
        archive.extractall(opened, filter="data")
    rows = rows_of(opened)
    assert len(rows) == promised
    assert smallest_group(rows, QIS) == k >= 5
    assert {re.fullmatch(r"\d{4}–\d{4}|missing", row["birthdate"]) is not None for row in rows} == {True}
    assert len({row["country_of_birth"] for row in rows}) == 4
    assert len({row["education_level"] for row in rows}) == 2
    assert list(rows[0]) == columns
    assert not {*DIRECT, "postcode", "weight", "height", "blood_group"} & set(columns)
    (parquet,) = (opened / "data").glob("*.parquet")
    cells = pq.read_table(parquet).to_pylist()
    assert [{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in cells] == rows

    private = unzip(download(screen, "Download the private archive", tmp_path))
    content = b"\n".join(every_byte(folder) for folder in (package, opened, private))
    for place in (str(tmp_path), people.parent.name, str(screen.app.home), str(ROOT), str(Path.home())):
        assert place.encode() not in content
    assert b"Zebulon" not in content
    assert b"Quetzal" not in content
    assert not [secret for secret in secrets_of(people) if secret.encode() in content]


def test_six_words_are_shown_once_and_open_the_package(screen: Screen, tmp_path: Path) -> None:
    screen.visit()
    to_policy_levels(screen)
    screen.turn("Release").part("Make the release")
    make(screen)
    words = screen.page.get_by_test_id("stCode").filter(has_text=re.compile(r"^\s*[a-z]+([ -][a-z]+){5,}\s*$")).first
    secret = tmp_path / "words.txt"
    secret.write_text(words.inner_text().strip(), encoding="utf-8")
    package = unzip(download(screen, "Download the release", tmp_path))
    screen.page.get_by_role("button", name="I have told them").click()
    expect(screen.page.get_by_text(secret.read_text(encoding="utf-8"))).to_have_count(0)
    out = tmp_path / "opened"
    command = [sys.executable, "-m", "anonymiser", "open", package, "--passphrase-file", secret, "--out", out]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert smallest_group(rows_of(out), QIS) >= 5


def test_what_is_published_is_plain_and_large_groups_only(screen: Screen, tmp_path: Path) -> None:
    screen.visit()
    screen.choose("Who gets it?", "Government")
    to_policy_levels(screen)
    k = int(screen.figure("Hidden among").inner_text())
    screen.turn("Release").part("Two releases joined")
    screen.page.get_by_role("textbox", name="Your name").fill("A. Owner")
    screen.page.get_by_role("button", name="These people were in no earlier release").click()
    expect(screen.page.get_by_role("tab", name="Make the release")).to_have_attribute("aria-selected", "true")
    expect(screen.page.get_by_text("An open release is not encrypted")).to_be_visible()
    second = screen.page.get_by_role("textbox", name="Who else has looked at it?")
    second.fill("B. Colleague")
    second.press("Enter")
    make(screen)
    package = unzip(download(screen, "Download the release", tmp_path))
    rows = rows_of(package)
    assert len(rows) == 1000
    assert set(rows[0]) == {"gender", "birthdate", "country_of_birth"}
    assert smallest_group(rows, tuple(rows[0])) == k >= 11
    content = every_byte(package)
    assert not [secret for secret in secrets_of(SAMPLE) if len(secret) > 8 and secret.encode() in content]


def test_nothing_is_made_while_a_requirement_fails(screen: Screen) -> None:
    screen.visit("Release")
    expect(screen.verdict).to_contain_text("Not yet")
    screen.part("Make the release")
    expect(screen.page.get_by_role("button", name="Make the release", exact=True)).to_be_disabled()
    expect(screen.page.get_by_text("A requirement of the policy fails: see the checklist.")).to_be_visible()
