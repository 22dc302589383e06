"""decrypt.html as the recipient has it: a file opened from disk by a browser, with the files of a real release."""

from __future__ import annotations

import io
import subprocess
import tarfile
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Page, expect

from anonymiser.policy import RESEARCHERS
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.release.opening import OpeningKey, open_release
from anonymiser.release.seal import SealToKey, SealWithPassphrase
from anonymiser.releasing import draft, release
from tests.browser.driver import ROOT, Watch

WORDS = "one-two-three-four-five-six"


def made(folder: Path, sealing: SealToKey | SealWithPassphrase) -> Path:
    project = Project(read(ROOT / "sample_data" / "customers.csv"))
    project.choose_policy(RESEARCHERS.name, levels=True)
    begun = draft(project, date(2026, 11, 22))
    particulars = type(begun)(**{**vars(begun), "owner": "The insurer", "contact": "data@insurer.example"})
    return release(project, particulars, sealing, folder / "made").release


class Recipient:
    """Who opens the page and reads what it says."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page, self.folder = page, folder
        page.goto((folder / "decrypt.html").as_uri())

    def choose(self, *files: Path) -> None:
        self.page.locator("#files").set_input_files(files)

    def told(self, sentence: str) -> None:
        expect(self.page.get_by_role("status")).to_contain_text(sentence)

    def opens(self, **typed: str) -> None:
        for field, text in typed.items():
            self.page.locator(f"#{field}").fill(text)
        self.page.get_by_role("button", name="Open").click()

    def saved(self, name: str, to: Path) -> bytes:
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name=name).click()
        download.value.save_as(to / "saved")
        return (to / "saved").read_bytes()


def test_under_a_passphrase(page: Page, watch: Watch, tmp_path: Path) -> None:
    folder = made(tmp_path, SealWithPassphrase(WORDS))
    by = Recipient(page, folder)
    by.choose(folder / "README_FIRST.md")
    by.told("is not needed here")
    by.choose(folder / "payload.tar.age", folder / "identity.age")
    by.opens(words="one-two-three")
    by.told("The passphrase is wrong.")
    by.opens(words=f" {WORDS} ")
    by.told("each as it is listed inside")
    expected = open_release(folder, tmp_path / "opened", OpeningKey(passphrase=WORDS))
    names = page.locator("#list a").all_text_contents()
    assert sorted(names) == sorted(expected.files)
    data = next(name for name in names if name.endswith(".csv") and name.startswith("data/"))
    assert by.saved(data, tmp_path) == (tmp_path / "opened" / data).read_bytes()
    with tarfile.open(fileobj=io.BytesIO(by.saved("Save everything", tmp_path))) as archive:
        assert sorted(archive.getnames()) == sorted(expected.files)
    assert page.locator("#words").input_value() == ""
    assert watch.complaints == []
    assert all(place.startswith("file://") for place in watch.hosts)


def test_to_a_key_and_what_is_wrong_is_said(page: Page, watch: Watch, tmp_path: Path) -> None:
    for name in ("mine", "other"):
        subprocess.run(["age-keygen", "-o", tmp_path / name], check=True, capture_output=True)
    public = subprocess.run(["age-keygen", "-y", tmp_path / "mine"], check=True, capture_output=True, text=True).stdout
    folder = made(tmp_path, SealToKey(public))
    payload = folder / "payload.tar.age"
    private = (tmp_path / "mine").read_text().splitlines()[-1]
    by = Recipient(page, folder)
    by.opens()
    by.told("Choose the file payload.tar.age first")
    by.choose(payload)
    by.opens(key=public)
    by.told("That is your public key")
    by.opens(key=private[:-1])
    by.told("The private key is damaged")
    by.opens(key=(tmp_path / "other").read_text().splitlines()[-1])
    by.told("sealed to another one")
    by.opens(key=private)
    by.told("each as it is listed inside")
    by.choose(payload, tmp_path / "other")
    by.opens()
    by.told("sealed to another one")
    content = payload.read_bytes()
    half = len(content) // 2
    for name, damaged in {
        "cut.age": content[:-1],
        "longer.age": content + b"x",
        "altered.age": content[:half] + bytes([content[half] ^ 1]) + content[half + 1 :],
        "header.age": content.replace(b"\n--- ", b"\n--- A", 1),
    }.items():
        (tmp_path / name).write_bytes(damaged)
        by.choose(tmp_path / name, tmp_path / "mine")
        by.opens()
        by.told(f"“{name}” is damaged")
        expect(page.locator("#result")).to_be_hidden()
    (tmp_path / "no.age").write_bytes(content[1:])
    by.choose(tmp_path / "no.age", tmp_path / "mine")
    by.told("“no.age” is damaged")
    assert watch.complaints == []
    assert all(place.startswith("file://") for place in watch.hosts)


def test_the_page_can_reach_no_network(page: Page) -> None:
    reached: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def handle(self) -> None:
            reached.append(str(self.client_address))

    page.goto((ROOT / "anonymiser" / "release" / "data" / "decrypt.html").as_uri())
    tries = """address => Promise.all([
        fetch(address).then(() => "reached", () => "refused"),
        new Promise(done => { const i = new Image(); i.onload = i.onerror = () => done("refused"); i.src = address; }),
        Promise.resolve(navigator.sendBeacon(address, "x")),
    ])"""
    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert page.evaluate(tries, f"http://127.0.0.1:{server.server_port}/")[:2] == ["refused", "refused"]
        server.shutdown()
    assert reached == []
    assert page.evaluate("() => document.querySelectorAll('script[src], link, img, iframe').length") == 0
