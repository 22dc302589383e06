"""Signing in, in a real browser with a real provider: what each role sees, and what a copied cookie opens."""

from __future__ import annotations

import csv
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from anonymiser.audit import TRAIL_FILE, Event, read_entries
from tests.browser.driver import PATIENCE, ROOT, SIZE, Screen, Served, served, until

SAMPLE = ROOT / "sample_data" / "customers.csv"
ROLES = {"vera": "viewer", "anna": "analyst", "rita": "releaser", "ralf": "releaser", "nobody": None}
RAW = ("given_name", "surname", "phone_number", "postcode", "national_insurance_number", "bank_account_number")


@dataclass(frozen=True)
class Guarded:
    """The app behind a sign-in."""

    app: Served
    browser: Browser

    def context(self) -> BrowserContext:
        made = self.browser.new_context(viewport=SIZE, reduced_motion="reduce", accept_downloads=True)
        made.set_default_timeout(PATIENCE)
        made.route(
            re.compile(r"^https?://(?!127\.0\.0\.1|localhost)"), lambda route: route.abort()
        )  # the mock's own style sheet
        return made

    def sign_in(self, name: str, context: BrowserContext | None = None) -> Screen:
        page = (context or self.context()).new_page()
        page.goto(self.app.address)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name=name, exact=True).first.click()
        expect(page.get_by_test_id("stApp")).to_be_visible()
        return Screen(page, self.app)

    def events(self) -> list[tuple[str, Event]]:
        lines = (self.app.home / "audit" / TRAIL_FILE).read_bytes()
        return [(entry.actor, entry.event) for entry in read_entries(lines)]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("guarded")
    port = free_port()
    claims = [
        {"sub": name, "email": f"{name}@example.org", "email_verified": True, "name": name.capitalize()}
        for name in ROLES
    ]
    line = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--host", "127.0.0.1"]
    line += [part for claim in claims for part in ("--user-claims", json.dumps(claim))]
    home = folder / "home"
    home.mkdir()
    people = "\n".join(f'"{name}@example.org" = "{role}"' for name, role in ROLES.items() if role)
    (home / "access.toml").write_text(f"[people]\n{people}\n", encoding="utf-8")
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "secrets.toml").write_text(
        "[auth]\n"
        'redirect_uri = "http://127.0.0.1:{port}/oauth2callback"\n'
        'cookie_secret = "for-this-test-only-and-long-enough"\n'
        'client_id = "halftone"\nclient_secret = "not-secret"\n'
        f'server_metadata_url = "http://127.0.0.1:{port}/.well-known/openid-configuration"\n',
        encoding="utf-8",
    )
    with (folder / "provider.log").open("wb") as log:
        provider = subprocess.Popen(line, stdout=log, stderr=log, env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"})
    try:
        until(lambda: answers(f"http://127.0.0.1:{port}/.well-known/openid-configuration"), "the provider to answer")
        with served(home, folder / "server.log", {"HOME": str(folder)}) as app:
            yield Guarded(app, browser)
    finally:
        provider.terminate()
        provider.wait(10)


def answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def pages_of(screen: Screen) -> list[str]:
    return [link.inner_text() for link in screen.page.get_by_test_id("stTopNavLink").all()]


def test_nobody_sees_anything_before_signing_in(guarded: Guarded) -> None:
    page = guarded.context().new_page()
    for place in ("", "data", "release", "audit"):
        page.goto(f"{guarded.app.address}/{place}")
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        expect(page.get_by_text("customers.csv")).to_have_count(0)
        expect(page.get_by_test_id("stTopNavLink")).to_have_count(0)


def test_somebody_without_a_role_gets_nothing_and_it_is_noted(guarded: Guarded) -> None:
    screen = guarded.sign_in("nobody")
    expect(screen.page.get_by_text("You have no role here.")).to_be_visible()
    expect(screen.page.get_by_text("customers.csv")).to_have_count(0)
    assert ("nobody@example.org", Event.REFUSED) in guarded.events()


def test_a_viewer_sees_figures_and_no_row_and_no_release(guarded: Guarded) -> None:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        rows = [row for row, _ in zip(csv.DictReader(file), range(100), strict=False)]
    raw = {row[column].strip() for row in rows for column in RAW} - {"", "Alex"}
    frames: list[bytes] = []
    context = guarded.context()
    context.on("page", lambda page: page.on("websocket", lambda socket: hear(socket, frames)))
    screen = guarded.sign_in("vera", context).shows("Overview")
    names = pages_of(screen)
    assert "Release" not in names
    assert "Data" not in names
    assert "Attack" not in names
    for name in names:
        screen.turn(name)
        for part in screen.page.get_by_role("tab").all_inner_texts():
            screen.part(part).unfold()
        screen.unfold()
    for place in ("data", "attack", "release"):
        screen.page.goto(f"{guarded.app.address}/{place}")
        screen.settled()
        expect(screen.page.get_by_role("button", name="Make the release")).to_have_count(0)
        expect(screen.page.get_by_role("button", name="Open a table")).to_have_count(0)
    heard = b"".join(frames)
    assert heard
    assert not {value for value in raw if len(value) > 6 and value.encode() in heard}


def hear(socket: object, frames: list[bytes]) -> None:
    socket.on("framereceived", lambda said: frames.append(said.encode() if isinstance(said, str) else said))


def test_a_copied_cookie_opens_nothing_after_signing_out(guarded: Guarded) -> None:
    mine = guarded.context()
    screen = guarded.sign_in("anna", mine).shows("Overview")
    stolen = mine.cookies()
    assert any(cookie["name"].startswith("_streamlit_user") for cookie in stolen)
    before = guarded.context()
    before.add_cookies(stolen)
    thief = Screen(before.new_page(), guarded.app).visit()
    expect(thief.keyed("account")).to_contain_text("anna@example.org")  # so a cookie is worth guarding
    screen.keyed("account").get_by_role("button", name="Sign out").click()
    until(lambda: ("anna@example.org", Event.LOGOUT) in guarded.events(), "the sign-out to be noted")
    after = guarded.context()
    after.add_cookies(stolen)
    page = after.new_page()
    page.goto(guarded.app.address)
    expect(page.get_by_text("This sign-in has ended")).to_be_visible()
    expect(page.get_by_text("customers.csv")).to_have_count(0)
    thief.page.get_by_test_id("stTopNavLink").filter(has_text="Trade-off").click()
    expect(thief.page.get_by_text("This sign-in has ended")).to_be_visible()
    again = guarded.sign_in("anna").shows("Overview")
    expect(again.keyed("account")).to_contain_text("analyst")


def test_the_author_cannot_approve_and_a_second_person_can(guarded: Guarded) -> None:
    rita = guarded.sign_in("rita").shows("Overview")
    rita.choose("Who gets it?", "Government")
    rita.page.get_by_role("button", name="Load", exact=True).wait_for()
    to_policy(rita)
    rita.turn("Release").part("Two releases joined")
    rita.page.get_by_role("textbox", name="Your name").fill("Rita")
    rita.page.get_by_role("button", name="These people were in no earlier release").click()
    expect(rita.page.get_by_role("tab", name="Make the release")).to_have_attribute("aria-selected", "true")
    rita.page.get_by_role("textbox", name="What should they know?").fill("For the portal.")
    rita.page.get_by_role("button", name="Ask for approval").click()
    expect(rita.page.get_by_text("Waiting for a second person's approval.")).to_be_visible()
    expect(rita.page.get_by_text("You asked for this.")).to_be_visible()
    expect(rita.page.get_by_role("button", name="Make the release")).to_be_disabled()
    ralf = guarded.sign_in("ralf").shows("Overview")
    ralf.turn("Release")
    expect(ralf.page.get_by_text("asked for by rita@example.org")).to_be_visible()
    ralf.page.get_by_role("textbox", name="Why?").fill("Looked at every point.")
    ralf.page.get_by_role("button", name="Approve").click()
    expect(ralf.page.get_by_text("asked for by rita@example.org")).to_have_count(0)
    rita.turn("Overview").turn("Release").part("Make the release")
    expect(rita.page.get_by_text("Approved by ralf@example.org.")).to_be_visible()
    rita.page.get_by_role("textbox", name="How to reach you").fill("rita@example.org")
    rita.page.get_by_role("textbox", name="How to reach you").press("Enter")
    rita.settled()
    rita.page.get_by_role("button", name="Make the release").click()
    expect(rita.page.get_by_text("1. Send this")).to_be_visible(timeout=120_000)
    with rita.page.expect_download() as coming:
        rita.page.get_by_role("button", name="Download the release").click()
    assert coming.value.path().stat().st_size > 1000
    told = guarded.events()
    assert told.index(("ralf@example.org", Event.APPROVED)) < told.index(("rita@example.org", Event.EXPORTED))
    assert told[-1] == ("rita@example.org", Event.DOWNLOADED)


def to_policy(screen: Screen) -> None:
    """Move the sliders to what the government's policy names."""
    screen.turn("Tune")
    screen.press("postcode", "End")
    screen.press("education_level", "End")
    screen.move("birthdate", "20 years")
    screen.move("country_of_birth", "4 blocs")
    expect(screen.verdict).to_contain_text("Every requirement")
