"""Sealing and opening 200 MB, side by side with the ``age`` program on the same file."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.timing import DATA, Figure, run

SIZE = 200 * 1_000_000
ROUNDS = 3
SCRIPT = "import sys; from benchmarks.sealing import {0}; {0}(*sys.argv[1:])"


def seal(table: str, folder: str, recipient: str) -> None:
    """Tar, age, SHA-256, signature, as a release does; prints what `_ours` reads."""
    from datetime import date

    from anonymiser.release.keys import OwnerKeys
    from anonymiser.release.payload import Payload
    from anonymiser.release.seal import SealToKey, prepare, seal_stream
    from anonymiser.release.streams import tar_stream

    keys = OwnerKeys.fresh()
    to = prepare(SealToKey(recipient), date(2025, 1, 1)).recipient
    with Payload(Path(folder)) as payload:
        with Path(table).open("rb") as source:
            shutil.copyfileobj(source, payload.create("data/records.csv"))
        start = _Start()
        sealed = seal_stream(tar_stream(payload, 0, "r1"), Path(folder) / "payload.tar.age", to, lambda _: None)
        keys.signing.sign(sealed.sha256.encode())
        start.report()


def unseal(folder: str, key: str, out: str) -> None:
    """SHA-256, age, tar, SHA-256 of each file, as opening does; prints the same."""
    from anonymiser.release.manifest import hash_of
    from anonymiser.release.unpack import unpack
    from anonymiser.release.unseal import OpeningKey, identities_of, unsealed

    path = Path(folder) / "payload.tar.age"
    identities = identities_of(OpeningKey(Path(key)), None)
    Path(out).mkdir()
    start = _Start()
    with ThreadPoolExecutor(1) as pool, unsealed(path, identities) as stream:
        hashing = pool.submit(hash_of, path)
        unpack(stream, Path(out), path.name)
        hashing.result()
    start.report()
    shutil.rmtree(out)


class _Start:
    """CPU, wall and memory from here on."""

    def __init__(self) -> None:
        self._memory = _megabytes()
        self._cpu, self._wall = time.process_time(), time.perf_counter()

    def report(self) -> None:
        cpu, wall = time.process_time() - self._cpu, time.perf_counter() - self._wall
        sys.stdout.write(f"{cpu} {wall} {_megabytes() - self._memory} {_megabytes()}")


def _megabytes() -> float:
    """Peak of this process; ``getrusage`` would count what its parent had before it became this one."""
    status = Path("/proc/self/status").read_text()
    return float(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1e3


def _age(*arguments: str) -> tuple[float, float]:
    """CPU and wall seconds of the age program."""
    start = time.perf_counter()
    process = subprocess.Popen(["age", *arguments])
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit("age failed")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - start


def _ours(name: str, *arguments: str) -> tuple[float, ...]:
    """CPU and wall seconds, megabytes added, megabytes at the peak of the whole process."""
    return tuple(float(word) for word in run(["-c", SCRIPT.format(name), *arguments]).output.split())


def figures(*, large: bool = True) -> list[Figure]:
    """Best of three rounds, taken in turns; the size is the same with and without ``large``."""
    del large
    DATA.mkdir(exist_ok=True)
    sealing, opening, age_seals, age_opens = [], [], [], []
    with tempfile.TemporaryDirectory(dir=DATA) as name:
        folder = Path(name)
        table, key = folder / "table.csv", folder / "key.txt"
        line = b'"F","1980-1999","Europe","degree","normal","1 to 7","none"\n'
        table.write_bytes((line * (SIZE // len(line) + 1))[:SIZE])
        subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
        public = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True, text=True).stdout.strip()
        for _ in range(ROUNDS):
            sealing.append(_ours("seal", str(table), name, public))
            age_seals.append(_age("-r", public, "-o", str(folder / "age.age"), str(table)))
            opening.append(_ours("unseal", name, str(key), str(folder / "opened")))
            age_opens.append(_age("-d", "-i", str(key), "-o", str(folder / "plain"), str(folder / "age.age")))
            (folder / "age.age").unlink()
            (folder / "plain").unlink()
    return [
        *_figures("sealing 200 MB (tar, age, hashes, signature)", sealing, age_seals),
        *_figures("opening 200 MB (hash, age, tar, hashes)", opening, age_opens),
    ]


def _figures(what: str, ours: list[tuple[float, ...]], age: list[tuple[float, float]]) -> list[Figure]:
    cpu, wall, added, peak = (min(column) for column in zip(*ours, strict=True))
    age_cpu, age_wall = (min(column) for column in zip(*age, strict=True))
    return [
        Figure(f"{what}, CPU", f"{cpu:.2f} s", "at most 2 s", cpu <= 2),
        Figure("the same, memory above what was there", f"{added:.0f} MB", "at most 100 MB", added <= 100),
        Figure("the same, memory of the whole process", f"{peak:.0f} MB", "under 200 MB", peak < 200),
        Figure("the same, age program (no tar, hashes or fsync), CPU", f"{age_cpu:.2f} s", "beside it", met=True),
        Figure(
            f"the same, throughput by the clock: {wall:.2f} s, age {age_wall:.2f} s",
            f"{age_wall / wall:.2f} of age's",
            "at least 0.8",
            age_wall / wall >= 0.8,
        ),
    ]


if __name__ == "__main__":
    for figure in figures():
        print(figure)
