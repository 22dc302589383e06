"""An upload of 200 MB in a real Chromium: it is taken, and read where it lies."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from playwright.sync_api import expect, sync_playwright

from benchmarks.timing import Figure
from tests.browser.driver import LAUNCH, SIZE, Screen, served

MEGABYTES = 200
PATIENCE = 300_000
LINE = 100
"""Bytes."""


def figures(*, large: bool) -> Iterator[Figure]:
    """Seconds until the table is described, and the server's memory then; a tenth of the size if not ``large``."""
    size = MEGABYTES if large else MEGABYTES // 10
    rows = size * 2**20 // LINE
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "large.csv"
        _written(table, rows)
        with served(Path(folder) / "home", Path(folder) / "log") as app, sync_playwright() as playwright:
            page = playwright.chromium.launch(**LAUNCH).new_page(viewport=SIZE)
            page.set_default_timeout(PATIENCE)
            expect.set_options(timeout=PATIENCE)
            screen = Screen(page, app).visit()
            server = psutil.Process(app.process.pid)
            before, start = server.memory_info().rss, time.perf_counter()
            screen.upload(table)
            said = re.compile(f"{rows:,} records in 3 columns")
            expect(page.get_by_role("dialog").get_by_text(said)).to_be_visible()
            took = time.perf_counter() - start
            grown = (server.memory_info().rss - before) / 2**20
            page.context.browser.close()
    yield Figure(f"{size} MB uploaded, read and described in the dialog", f"{took:.1f} s", "it is taken", met=True)
    yield Figure(
        "memory that the server holds for it", f"{grown:.0f} MB", f"at most 10 times {size} MB", met=grown <= 10 * size
    )


def _written(table: Path, rows: int) -> None:
    with table.open("w", encoding="ascii") as file:
        file.write("sex,town,note\n")
        for i in range(rows):
            begin = f"{'FM'[i % 2]},town {i % 50},"
            file.write(begin + "x" * (LINE - 1 - len(begin)) + "\n")
