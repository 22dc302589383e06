"""A process that is killed at each step of an export, as by a power cut: what lies about afterwards."""

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pyrage
import pytest

from anonymiser.audit import HEAD_FILE, TRAIL_FILE, Event, Trail, verify
from anonymiser.release.ledger import ledger_beside
from anonymiser.release.opening import OpeningKey, open_release
from anonymiser.release.vault import open_vault
from tests.release.crash import WORDS

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_data" / "customers.csv"
IDENTITY = pyrage.x25519.Identity.generate()
EVERY = 4
"""Every fourth step, so that the test takes some seconds; at 1 it takes a minute, and passes."""


@pytest.fixture(scope="module")
def crashes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    folder = tmp_path_factory.mktemp("crashes")
    arguments = [SAMPLE, folder, str(IDENTITY.to_public()), str(EVERY)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, ROOT / "tests" / "release" / "crash.py", *arguments],
        capture_output=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    told = json.loads(done.stdout)
    assert told["steps"] > 25
    return folder, told["ends"]


def test_every_step_was_one_at_which_it_was_killed(crashes: tuple[Path, dict[str, int]]) -> None:
    _, ends = crashes
    assert ends.pop("0") == 0
    assert set(ends.values()) == {signal.SIGKILL}


def test_no_plaintext_has_a_name_on_disk(crashes: tuple[Path, dict[str, int]]) -> None:
    folder, _ = crashes
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        people = list(csv.DictReader(file))
    identifiers = {
        row[name].encode() for row in people for name in ("national_insurance_number", "bank_account_number")
    }
    (folder / "key").write_text(f"{IDENTITY}\n")
    opened = folder / "opened"
    (made,) = (folder / "0" / "out").glob("release_*")
    open_release(made, opened, OpeningKey(folder / "key"))
    lines = (opened / "data" / "records.csv").read_bytes().splitlines()
    rows = {line for line in lines[1:] if line}
    searched = 0
    for parent in (entry for entry in folder.iterdir() if entry.is_dir() and entry != opened):
        for path in parent.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                assert lines[0] not in content, path.name
                assert not any(part in content for part in (*identifiers, *rows)), path.name
                searched += 1
    assert searched > 50


def test_the_output_is_whole_or_not_there(crashes: tuple[Path, dict[str, int]]) -> None:
    folder, ends = crashes
    (folder / "key").write_text(f"{IDENTITY}\n")
    whole = 0
    for step in ends:
        out = folder / step / "out"
        if out.exists():
            (made,) = out.glob("release_*")
            assert open_release(made, folder / step / "opened", OpeningKey(folder / "key")).release_id == "r1"
            whole += 1
        assert list((folder / step / "tmp").iterdir()) == []
    assert whole >= 1


def test_vault_ledger_and_record_are_intact(crashes: tuple[Path, dict[str, int]]) -> None:
    folder, ends = crashes
    keys = open_vault(folder / "before" / "vault.json", WORDS)
    for step in ends:
        home = folder / step / "home"
        assert (home / "vault.json").read_bytes() == (folder / "before" / "vault.json").read_bytes()
        entries = ledger_beside(home / "vault.json", keys).read().entries
        assert len(entries) == 1 if (folder / step / "out").exists() else len(entries) <= 1
        trail = Trail(folder=home / "audit")
        trail.append(Event.FAILED, {"what": "a power cut"})  # whoever comes next mends a cut end, and says so
        found = verify((trail.folder / TRAIL_FILE).read_bytes(), (trail.folder / HEAD_FILE).read_bytes())
        assert found.whole, (step, found)
