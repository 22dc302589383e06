"""What somebody elsewhere tries: another origin, another host, forged uploads, a neighbour's data, text that acts."""

from __future__ import annotations

import http.client
import io
import re
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Request, expect

from tests.browser.driver import Screen, Served, Watch
from tests.browser.test_release import SAMPLE, make, secrets_of, to_policy_levels

HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Protocol": "streamlit",
}
ELSEWHERE = "evil.example"
ACTING = (
    "![a](http://evil.example/{0}.png)",
    "<img src=http://evil.example/{0}.gif onerror=alert({0})>",
    "[click {0}](javascript:alert({0}))",
    "<script>alert({0})</script>",
    r"$\href{{javascript:alert({0})}}{{x}}\includegraphics{{http://evil.example/{0}.jpg}}$",
    "http://evil.example/{0}",
)
"""Markdown, HTML, a script address, LaTeX and a bare address; with a number, so that each value is another."""


def asked(app: Served, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> tuple[int, bytes]:
    parts = urlsplit(app.address)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=20)
    try:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, b"" if answer.status == 101 else answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 101),
        ({"Origin": f"http://{ELSEWHERE}"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": ELSEWHERE}, 403),
        ({"Host": f"{ELSEWHERE}:8501", "Origin": f"http://{ELSEWHERE}:8501"}, 403),
    ],
    ids=["this machine", "foreign origin", "no origin", "foreign host", "rebound name"],
)
def test_only_this_machine_s_pages_talk_to_the_server(app: Served, headers: dict[str, str], status: int) -> None:
    assert asked(app, "GET", "/_stcore/stream", {**HANDSHAKE, **headers})[0] == status


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("headers", [{}, {"X-Xsrftoken": "guessed"}, {"Cookie": "_streamlit_xsrf=guessed"}])
def test_an_upload_without_its_token_is_refused(app: Served, method: str, headers: dict[str, str]) -> None:
    status, said = asked(app, method, "/_stcore/upload_file/session/file", headers, b"name\nx\n")
    assert status == 403
    assert b"XSRF" in said


def test_no_answer_can_be_read_by_another_page(app: Served) -> None:
    parts = urlsplit(app.address)
    for path in ("/", "/_stcore/health", "/_stcore/host-config", "/media/unknown"):
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=20)
        connection.request("GET", path, headers={"Origin": f"http://{ELSEWHERE}"})
        allowed = connection.getresponse().getheader("Access-Control-Allow-Origin")
        connection.close()
        assert allowed in (None, app.address), path


def heard_by(context: BrowserContext) -> list[bytes]:
    """What the server says to a browser, and what the browser fetches."""
    frames: list[bytes] = []

    def listen(socket: object) -> None:
        socket.on("framereceived", lambda said: frames.append(said.encode() if isinstance(said, str) else said))

    context.on("page", lambda page: page.on("websocket", listen))
    return frames


def test_two_visitors_never_hear_of_each_other_s_data(screen: Screen, watch: Watch, tmp_path: Path) -> None:
    browser = screen.page.context.browser
    assert browser is not None
    heard: dict[str, bytes] = {}
    contexts = {name: browser.new_context() for name in ("Ariadne", "Balthasar")}
    frames = {name: heard_by(context) for name, context in contexts.items()}
    screens = {}
    for name, context in contexts.items():
        context.set_default_timeout(60_000)
        watch.over(context)
        table = tmp_path / f"{name}.csv"
        rows = "".join(f"{name}-{i % 9},{'FM'[i % 2]}\n" for i in range(120))
        table.write_text(f"town_of_{name},sex\n{rows}", encoding="utf-8")
        screens[name] = Screen(context.new_page(), screen.app).visit().open_table(table)
    for name in contexts:  # by turns, so that both are there at once
        for page in ("Tune", "Compare", "Trade-off", "Data", "Audit"):
            screens[name].turn(page)
    for name, context in contexts.items():
        heard[name] = b"".join(frames[name])
        assert name.encode() in heard[name]
        context.close()
    assert b"Balthasar" not in heard["Ariadne"]
    assert b"Ariadne" not in heard["Balthasar"]


def test_text_that_acts_stays_text_in_names_values_and_file_names(screen: Screen, watch: Watch, tmp_path: Path) -> None:
    name = "![x](http:%2F%2Fevil.example%2Fz.png)$x^2$<img src=x onerror=alert(9)>.csv"
    table = tmp_path / name.replace("/", "")
    header = [text.format(7) for text in ACTING]
    rows = [[text.format(i * (j + 1) % 4) for j, text in enumerate(ACTING)] for i in range(80)]
    table.write_text("\n".join("\t".join(row) for row in [header, *rows]), encoding="utf-8")
    screen.visit().open_table(table)
    for where in screen.tour():
        page = screen.page
        assert not page.locator(f"img[src*='{ELSEWHERE}'], a[href*='{ELSEWHERE}'], a[href^='javascript']").count(), (
            where
        )
        assert not page.locator("body script", has_text="alert(").count(), where
        assert not page.locator(".katex").count(), where
    assert watch.hosts == {"127.0.0.1"}
    assert not watch.dialogs


def test_download_addresses_hold_ciphertext_only(screen: Screen, context: BrowserContext) -> None:
    fetched: list[str] = []
    context.on("request", lambda request: note(request, fetched))
    screen.visit()
    to_policy_levels(screen)
    screen.turn("Release").part("Make the release")
    make(screen)
    for label in ("Download the release", "Download the private archive"):
        with screen.page.expect_download() as coming:
            screen.page.get_by_role("button", name=label).click()
        coming.value.path()
    addresses = {address for address in fetched if "/media/" in address}
    assert len(addresses) >= 2
    raw = [secret.encode() for secret in secrets_of(SAMPLE) if len(secret) > 8]
    for address in addresses:
        status, content = asked(screen.app, "GET", urlsplit(address).path, {})  # whoever has the address has the bytes
        assert status == 200
        assert not [secret for secret in raw if secret in content]
        if content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as package:
                names = [Path(name).name for name in package.namelist()]
                assert any(name.endswith(".tar.age") for name in names)
                plain = {name for name in names if not name.endswith((".age", ".sig", ".pem"))}
                assert plain <= {"README_FIRST.md", "README_FIRST.html", "README.md", "manifest.json", "decrypt.html"}
                inside = b"".join(package.read(entry) for entry in package.namelist())
            assert not [secret for secret in raw if secret in inside]


def note(request: Request, fetched: list[str]) -> None:
    fetched.append(request.url)


def test_a_large_upload_is_taken(screen: Screen, tmp_path: Path) -> None:
    table = tmp_path / "large.csv"
    with table.open("w", encoding="utf-8") as file:
        file.write("sex,town,note\n")
        file.writelines(f"{'FM'[i % 2]},town {i % 50},{'x' * 60}\n" for i in range(120_000))
    assert table.stat().st_size > 8 * 2**20
    screen.visit().upload(table)
    expect(screen.page.get_by_role("dialog").get_by_text(re.compile("120,000 records in 3 columns"))).to_be_visible()
