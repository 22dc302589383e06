"""The app's doors, tried from elsewhere: a foreign host name, a foreign page, an upload without the visitor's token."""

from __future__ import annotations

from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests.browser.driver import Served

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": "streamlit",
}


def status(app: Served, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> int:
    connection = HTTPConnection(urlsplit(app.address).netloc, timeout=30)
    try:
        connection.request(method, path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_its_own_page_comes_in(app: Served) -> None:
    assert status(app, "GET", "/", {}) == 200
    assert status(app, "GET", "/_stcore/stream", {**UPGRADE, "Origin": app.address}) == 101


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8501", "127.0.0.1.evil.example", "192.0.2.1"])
def test_another_name_for_this_machine_gets_no_session(app: Served, host: str) -> None:
    """The program's own files are no secret and are given to any name; a table is only ever shown in a session."""
    headers = {**UPGRADE, "Origin": f"http://{host}", "Host": host}
    assert status(app, "GET", "/_stcore/stream", headers) in (400, 403)


@pytest.mark.parametrize("origin", ["http://evil.example", "https://127.0.0.1.evil.example", "null"])
def test_another_page_gets_no_session(app: Served, origin: str) -> None:
    assert status(app, "GET", "/_stcore/stream", {**UPGRADE, "Origin": origin}) == 403


@pytest.mark.parametrize("headers", [{}, {"X-Xsrftoken": "made-up"}, {"Cookie": "_streamlit_xsrf=made-up"}])
def test_an_upload_without_the_visitor_s_token_is_refused(app: Served, headers: dict[str, str]) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f.csv"\r\n\r\na,b\r\n--x--\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    assert status(app, "PUT", "/_stcore/upload_file/nobody/nothing", {**kind, **headers}, body) in (400, 401, 403)


def test_nothing_of_the_folder_is_served(app: Served) -> None:
    for path in (
        "/app/static/customers.csv",
        "/../requirements.txt",
        "/media/..%2f..%2fapp.py",
        "/sample_data/customers.csv",
    ):
        connection = HTTPConnection(urlsplit(app.address).netloc, timeout=30)
        connection.request("GET", path)
        content = connection.getresponse().read()
        connection.close()
        assert b"surname" not in content
        assert b"streamlit>=" not in content
