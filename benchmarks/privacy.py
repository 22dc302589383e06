"""Every privacy model and class-based measure of a setting, SUDA2, and pycanon on the same records."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import numpy as np

from anonymiser.assessment import assess
from anonymiser.engine import backend
from anonymiser.engine.frequency import FrequencySet, SensitiveCodes, build, build_members, roll_up
from anonymiser.hierarchies import Hierarchy, hierarchies_in_folder
from anonymiser.privacy import (
    AlphaK,
    BetaLikeness,
    DeltaDisclosure,
    Distance,
    DistinctDiversity,
    EntropyDiversity,
    KAnonymity,
    PrivacyModel,
    RecursiveDiversity,
    TCloseness,
)
from anonymiser.reading import read
from anonymiser.risk import warm
from anonymiser.risk.suda import suda
from benchmarks.tables import ADULT_QIS, leaves, random_nodes
from benchmarks.timing import DATA, SHARED, Figure, cpu_ms

_SENSITIVE = "occupation"
_KEYS = tuple(name for name in ADULT_QIS if name != _SENSITIVE)
_PYCANON = DATA / "pycanon"
_THEIRS = """
import json, sys, time
import pandas as pd
from pycanon import anonymity
frame = pd.read_csv(sys.argv[1], sep=";", dtype=str, keep_default_na=False)
keys, told = json.loads(sys.argv[2]), {}
calls = {
    "k": lambda: anonymity.k_anonymity(frame, keys),
    "distinct l": lambda: anonymity.l_diversity(frame, keys, ["occupation"]),
    "entropy l": lambda: anonymity.entropy_l_diversity(frame, keys, ["occupation"]),
    "t": lambda: anonymity.t_closeness(frame, keys, ["occupation"]),
    "basic beta": lambda: anonymity.basic_beta_likeness(frame, keys, ["occupation"]),
    "enhanced beta": lambda: anonymity.enhanced_beta_likeness(frame, keys, ["occupation"]),
    "delta": lambda: anonymity.delta_disclosure(frame, keys, ["occupation"]),
}
for name, call in calls.items():
    start = time.process_time()
    call()
    told[name] = time.process_time() - start
print(json.dumps(told))
"""


def models(name: str) -> tuple[PrivacyModel, ...]:
    """One requirement of each model, as far as class sizes and sensitive values go."""
    return (
        KAnonymity(k=5),
        DistinctDiversity(attribute=name, l=3),
        EntropyDiversity(attribute=name, l=2),
        RecursiveDiversity(attribute=name, c=4, l=2),
        TCloseness(attribute=name, t=0.4),
        TCloseness(attribute=name, t=0.4, distance=Distance.HIERARCHICAL),
        AlphaK(attribute=name, alpha=0.8),
        BetaLikeness(attribute=name, beta=3),
        BetaLikeness(attribute=name, beta=3, enhanced=True),
        DeltaDisclosure(attribute=name, delta=3),
    )


def adult_with_occupation() -> FrequencySet | None:
    """Adult's other eight columns at level 0 with occupation counted, or None where the data are absent."""
    folder = SHARED / "data" / "adult"
    if not folder.exists():
        return None
    microdata = read(folder / "adult.csv")
    specs = hierarchies_in_folder(folder, ADULT_QIS)
    columns = [microdata.column(name) for name in _KEYS]
    hierarchies = [specs[column.name].build(column) for column in columns]
    column = microdata.column(_SENSITIVE)
    tree = specs[_SENSITIVE].build(column)
    values = SensitiveCodes(_SENSITIVE, leaves(tree, column), len(tree.leaves), None, tree)
    codes = [leaves(h, c) for h, c in zip(hierarchies, columns, strict=True)]
    return build(hierarchies, codes, [values], histograms=True)


def a_million(rows: int = 1_000_000, tuples: int = 200_000) -> FrequencySet:
    """So many records over so many tuples of three columns, with a sensitive column of fourteen values."""
    rng = np.random.default_rng(4)
    number = rng.integers(0, tuples, rows)
    number[:tuples] = np.arange(tuples)
    sizes = (40, 50, -(-tuples // 2_000))
    hierarchies = [
        Hierarchy.from_levels(
            f"c{j}", [[str(i) for i in range(size)], ["*"] * size], ["exact", "hidden"], missing=False
        )
        for j, size in enumerate(sizes)
    ]
    codes = [number % 40, number // 40 % 50, number // 2_000]
    tree = Hierarchy.from_levels(
        "s", [list("abcdefghijklmn"), ["x"] * 7 + ["y"] * 7, ["*"] * 14], ["exact", "half", "hidden"], missing=False
    )
    values = SensitiveCodes("s", rng.integers(0, 14, rows).astype(np.uint8), 14, None, tree)
    return build(hierarchies, [code.astype(np.uint8) for code in codes], [values], histograms=True)


def figures(*, large: bool = True) -> list[Figure]:
    """Adult, a million rows, SUDA2, pycanon."""
    backend.warm()
    warm.warm()
    result = []
    root = adult_with_occupation()
    if root is not None:
        result += _adult(root)
    million = a_million() if large else a_million(50_000, 10_000)
    time = cpu_ms(lambda: assess(million, models("s"), 0.05), 3)
    what = f"{million.rows:,} rows, {million.classes:,} tuples: all models and measures"
    result.append(Figure(what, f"{time:.1f} ms", "at most 60 ms CPU", time <= 60))
    if root is not None:
        result += _suda(large=large)
        result.append(_pycanon(root))
    return result


def _adult(root: FrequencySet) -> list[Figure]:
    nodes = [roll_up(root, node) for node in random_nodes(root, 40)]
    times = [cpu_ms(lambda node=node: assess(node, models(_SENSITIVE), 0.05), 3) for node in nodes]
    shown = f"{max(times):.2f} ms ({np.median(times):.2f})"
    what = "Adult, occupation sensitive: all models and measures, slowest of 40 nodes (median)"
    exact = cpu_ms(lambda: assess(root, models(_SENSITIVE), 0.05))
    return [
        Figure(what, shown, "at most 3 ms CPU", max(times) <= 3),
        Figure(f"the same for all {root.classes:,} exact tuples", f"{exact:.2f} ms", "at most 3 ms CPU", exact <= 3),
    ]


def _suda(*, large: bool) -> list[Figure]:
    folder = SHARED / "data" / "adult"
    microdata = read(folder / "adult.csv")
    specs = hierarchies_in_folder(folder, ADULT_QIS)
    names = [name for name in _KEYS if name != "salary-class"]
    columns = [microdata.column(name) for name in names]
    hierarchies = [specs[column.name].build(column) for column in columns]
    codes = [leaves(h, c) for h, c in zip(hierarchies, columns, strict=True)]
    result = [_scored(hierarchies, codes, 0.2)]
    if large:
        rng = np.random.default_rng(7)
        drawn = rng.integers(0, codes[0].size, 1_000_000)
        mixed = [np.where(rng.random(drawn.size) < 0.9, code[drawn], rng.permutation(code[drawn])) for code in codes]
        result.append(_scored(hierarchies, mixed, 5.0))
    return result


def _scored(hierarchies: list[Hierarchy], codes: list[np.ndarray], wanted: float) -> Figure:
    classes, members = build_members(hierarchies, codes)
    seconds = cpu_ms(lambda: suda(*build_members(hierarchies, codes), fraction=0.01), 3) / 1e3
    scored = suda(classes, members, fraction=0.01).records
    what = f"SUDA2 on {classes.rows:,} rows and {len(codes)} keys; {scored:,} with a score"
    return Figure(what, f"{seconds:.2f} s", f"at most {wanted:g} s CPU", seconds <= wanted)


def _pycanon(root: FrequencySet) -> Figure:
    """k, l, entropy l, t, β and δ of Adult's exact values, there in an environment of its own, and here."""
    what = "pycanon's time for k, l, entropy l, t, β, δ of Adult, divided by ours"
    python = _environment()
    if python is None:
        return Figure("pycanon could not be installed here, so it was not compared", "skipped", "", met=True)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "theirs.py")
        script.write_text(_THEIRS, encoding="utf-8")
        table = SHARED / "data" / "adult" / "adult.csv"
        done = subprocess.run(
            [python, script, table, json.dumps(_KEYS)], capture_output=True, text=True, check=False, env=_quiet()
        )
    if done.returncode:
        return Figure("pycanon did not run here, so it was not compared", "skipped", "", met=True)
    theirs = sum(json.loads(done.stdout.splitlines()[-1]).values())
    ours = cpu_ms(lambda: assess(root, (), 0.0, live=False)) / 1e3
    shown = f"{theirs:.0f} s / {1e3 * ours:.1f} ms = {theirs / ours:,.0f} x"
    return Figure(what, shown, "at least 1,000 x", theirs / ours >= 1_000)


def _environment() -> Path | None:
    """Python of an environment that has pycanon with what it pins; made once."""
    python = _PYCANON / ("Scripts" if os.name == "nt" else "bin") / "python"
    ready = _PYCANON / "ready"
    if ready.exists():
        return python
    DATA.mkdir(exist_ok=True)
    sys.stderr.write("Installing pycanon in an environment of its own (once) ...\n")
    venv.create(_PYCANON, with_pip=True, clear=True)
    installed = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "pycanon"], capture_output=True, check=False, env=_quiet()
    )
    if installed.returncode:
        return None
    ready.touch()
    return python


def _quiet() -> dict[str, str]:
    return {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONWARNINGS": "ignore"}


if __name__ == "__main__":
    for figure in figures():
        print(figure)
