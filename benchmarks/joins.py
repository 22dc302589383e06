"""Two releases of a million people joined: the same table, and next quarter's."""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.timing import Figure, customers, run

SCRIPT = "import sys; from benchmarks.joins import measure; measure(int(sys.argv[1]), sys.argv[2])"
ROWS = 1_000_000
CROSSING = {"birthdate": 1, "country_of_birth": 0}
"""Month and country without the degree: a quarter of a million groups, which cross those of the first release."""


def measure(rows: int, path: str) -> None:
    """Make a ledger with the researchers' release, and join the government's with it; prints what `figures` reads.

    The table is read, the releases are generalised and the kernels are compiled before the clock starts: what is
    measured is what the vault adds.
    """
    from anonymiser.engine import backend
    from anonymiser.joining.joint import find, recipient_of
    from anonymiser.joining.people import extract_of
    from anonymiser.joining.settings import setting_of
    from anonymiser.microdata import MemorySource, Microdata
    from anonymiser.policy import GOVERNMENT, RESEARCHERS
    from anonymiser.project import Project
    from anonymiser.reading import read
    from anonymiser.release.keys import OwnerKeys
    from anonymiser.release.ledger import Ledger, ledger_beside
    from anonymiser.release.ledger_book import Entry

    backend.warm()
    project = Project(read(Path(path)))
    project.choose_policy(RESEARCHERS.name, levels=True)
    first = setting_of(project.released(), rows)
    recipe = project.recipe
    project.choose_policy(GOVERNMENT.name, levels=True)
    project.change(project.recipe.with_levels(CROSSING))
    second = setting_of(project.released(), rows)
    table = project.microdata
    source = MemorySource(table.source.take(table.names, np.arange(rows // 50, rows)))
    later = Project(Microdata("later", source, "f" * 64))
    later.choose_policy(GOVERNMENT.name, levels=True)
    later.change(later.recipe.with_levels(CROSSING))
    third = setting_of(later.released(), source.rows)
    with tempfile.TemporaryDirectory() as name:
        keys, vault = OwnerKeys.fresh(), Path(name) / "vault.json"
        ledger = ledger_beside(vault, keys)
        clock = _Clock()
        extract = extract_of(project, ledger.person_key, {})
        clock.lap()
        entry = Entry(
            "r1",
            date(2026, 3, 1),
            recipient_of(RESEARCHERS),
            RESEARCHERS.name,
            is_open=False,
            form="microdata",
            recipe_json=recipe.to_json(),
            extract=extract.name,
            class_of=first.class_of,
            columns=first.columns,
            labels=first.labels,
        )
        with ledger.entering(entry, extract, head=""):
            pass
        clock.lap()
        find(project, Ledger(ledger.path, keys), setting=second)
        clock.lap()
        find(later, Ledger(ledger.path, keys), setting=third)
        clock.lap()
        size = ledger.path.stat().st_size / 1e6
    sys.stdout.write(" ".join([*(f"{lap:.3f}" for lap in clock.laps), f"{size:.1f}"]))


class _Clock:
    """CPU seconds from one lap to the next."""

    def __init__(self) -> None:
        self._last = time.process_time()
        self.laps: list[float] = []

    def lap(self) -> None:
        now = time.process_time()
        self.laps.append(now - self._last)
        self._last = now


def figures(*, large: bool = True) -> list[Figure]:
    """A million people; a hundred thousand without ``large``."""
    rows = ROWS if large else ROWS // 10
    ids, entering, same, later, size = map(
        float, run(["-c", SCRIPT, str(rows), str(customers(rows, ".csv"))]).output.split()
    )
    who = f"{rows:,} people"
    return [
        Figure(f"{who}, two releases joined (ledger read, causes), CPU", f"{same:.2f} s", "under 2 s", same < 2),
        Figure("the same with next quarter's table, ids included, CPU", f"{later:.2f} s", "beside it", met=True),
        Figure("keyed ids of the people, once a table, CPU", f"{ids:.2f} s", "beside it", met=True),
        Figure("entering a release into the ledger, CPU", f"{entering:.2f} s", "under 1 s", entering < 1),
        Figure("the ledger with one release", f"{size:.1f} MB", "at most 10 bytes a person", size * 1e6 <= 10 * rows),
    ]


if __name__ == "__main__":
    for figure in figures():
        print(figure)
