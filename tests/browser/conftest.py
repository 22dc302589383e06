"""A real Chromium in front of the real app: one server for all tests, a session of its own for each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.driver import LAUNCH, PATIENCE, SIZE, Screen, Served, Watch, served


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    if LAUNCH["executable_path"] is None:
        pytest.skip("there is no chromium here: apt-get install chromium")
    expect.set_options(timeout=PATIENCE)
    return {**LAUNCH}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {"viewport": SIZE, "color_scheme": "light", "reduced_motion": "reduce", "accept_downloads": True}


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("halftone")
    with served(folder / "home", folder / "server.log") as running:
        yield running


@pytest.fixture
def watch(context: BrowserContext) -> Watch:
    context.set_default_timeout(PATIENCE)
    return Watch().over(context)


@pytest.fixture
def screen(watch: Watch, page: Page, app: Served) -> Iterator[Screen]:
    """A page that nobody has visited yet; afterwards, nothing went elsewhere and nothing broke unseen."""
    said = app.log.stat().st_size
    yield Screen(page, app)
    with app.log.open("rb") as log:
        log.seek(said)
        assert b"Traceback" not in log.read()
    assert watch.hosts == {"127.0.0.1"}
    assert watch.complaints == []
    assert watch.dialogs == []


@pytest.fixture
def age() -> str:
    program = shutil.which("age")
    if program is None:
        pytest.skip("the age program is not here: apt-get install age")
    return program
