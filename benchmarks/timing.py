"""Measuring: CPU time inside a process, wall time and memory of a process of its own."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "bench-data"
SHARED = Path(os.environ.get("HALFTONE_SHARED", ROOT.parent / "shared"))


@dataclass(frozen=True)
class Figure:
    """One line of the table: what was measured, what it should be."""

    what: str
    measured: str
    wanted: str
    met: bool

    def __str__(self) -> str:
        return f"{'ok  ' if self.met else 'OVER'}  {self.what:<68} {self.measured:>24}   {self.wanted}"


def cpu_ms(call: Callable[[], object], repeat: int = 5) -> float:
    """Median CPU milliseconds of a call, after one that is not counted."""
    call()
    times = []
    for _ in range(repeat):
        start = time.process_time()
        call()
        times.append(1e3 * (time.process_time() - start))
    return statistics.median(times)


@dataclass(frozen=True)
class Usage:
    """What a process used."""

    cpu: float
    wall: float
    peak_gb: float
    output: str


def run(arguments: Sequence[str]) -> Usage:
    """Run a Python script or module as a process of its own and account for it."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{arguments[0]} failed")
    return Usage(usage.ru_utime + usage.ru_stime, time.perf_counter() - start, usage.ru_maxrss / 1e6, output)


def customers(rows: int, ending: str) -> Path:
    """A generated table of customers, made once."""
    from sample_data.customers import write

    DATA.mkdir(exist_ok=True)
    path = DATA / f"customers_{rows}{ending}"
    if not path.exists():
        write(path, rows)
    return path
