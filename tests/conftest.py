"""What every test may use, and what no test may do: skip in CI, or write into the owner's home."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest, app_test

ROOT = Path(__file__).resolve().parents[1]
NEVER_SKIPPED_IN_CI = ("browser", "shared")
logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").disabled = True
"""``AppTest`` itself reads the session outside a run, and Streamlit warns of it each time."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    marked = any(item.get_closest_marker(name) for name in NEVER_SKIPPED_IN_CI)
    if report.skipped and marked and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and CI leaves nothing out: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALFTONE_HOME", str(tmp_path / "home"))


class _NoPagesFolder(PagesManager):
    """``AppTest`` forgets at each run that app.py calls ``st.navigation``: then pages would run without the shell."""

    uses_pages_directory = False


@pytest.fixture(autouse=True)
def _own_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """``AppTest`` leaves the dashboard's script as the main module, which a program started later would run."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture
def open_app(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], AppTest]:
    """The real app on the built-in sample, at a page: ``open_app("tune")``."""
    monkeypatch.chdir(ROOT)
    # after every run, and among the objects of all tests it takes as long as the run itself
    for name in ("collect", "freeze", "unfreeze"):
        monkeypatch.setattr(gc, name, lambda *_: 0)
    monkeypatch.setattr(PagesManager, "uses_pages_directory", False)
    monkeypatch.setattr(app_test, "PagesManager", _NoPagesFolder)

    def opened(page: str = "overview") -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
        if page != "overview":
            app.switch_page(f"pages/{page}.py").run()
        return app

    return opened
