from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from anonymiser.errors import InputError, OutputError, SealError
from anonymiser.release.files import staging
from anonymiser.release.keys import OwnerKeys
from anonymiser.release.ledger import Ledger, ledger_beside
from anonymiser.release.ledger_book import Entry, Extract, Withdrawal

SECRET = "1940–1959 in Leeds"
ROWS = 500


@pytest.fixture
def keys() -> OwnerKeys:
    return OwnerKeys.fresh()


@pytest.fixture
def ledger(keys: OwnerKeys, tmp_path: Path) -> Ledger:
    return ledger_beside(tmp_path / "vault.json", keys)


def extract(name: str = "t1") -> Extract:
    ids = np.random.default_rng(1).integers(0, 2**63, ROWS, dtype=np.uint64)
    return Extract(name, ("gender", "birthdate"), "National Insurance number", ROWS - 3, ids)


def entry(release_id: str = "r1", **changes: object) -> Entry:
    classes = (np.arange(ROWS) % 40 - 1).astype(np.int32)
    given: dict[str, object] = {
        "release_id": release_id,
        "created": date(2026, 3, 1),
        "recipient": "Imperial College",
        "policy": "University researchers",
        "is_open": False,
        "form": "microdata",
        "recipe_json": '{"version": 1}',
        "extract": "t1",
        "class_of": classes,
        "columns": ("gender", "birthdate"),
        "labels": tuple(("F", SECRET) for _ in range(39)),
    }
    return Entry(**{**given, **changes})


def enter(ledger: Ledger, one: Entry) -> None:
    with ledger.entering(one, extract(one.extract), head=ledger.read().head):
        pass


def test_what_was_entered_comes_back(ledger: Ledger) -> None:
    assert ledger.read().entries == ()
    enter(ledger, entry())
    enter(ledger, entry("r2", is_open=True, created=date(2026, 4, 1)))
    book = ledger.read()
    assert [one.release_id for one in book.entries] == ["r1", "r2"]
    first, second = book.entries
    assert (first.created, second.is_open, first.columns) == (date(2026, 3, 1), True, ("gender", "birthdate"))
    assert np.array_equal(first.class_of, entry().class_of)
    assert first.deleted == np.count_nonzero(entry().class_of < 0)
    assert first.labels == entry().labels
    assert list(book.extracts) == ["t1"]
    kept = book.extracts["t1"]
    assert np.array_equal(kept.ids, extract().ids)
    assert (kept.by, kept.linked, kept.rows) == ("National Insurance number", ROWS - 3, ROWS)


def test_it_is_small_encrypted_and_for_the_owner_only(ledger: Ledger) -> None:
    enter(ledger, entry())
    content = ledger.path.read_bytes()
    assert ledger.path.name == "vault.ledger"
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600
    for secret in (SECRET.encode(), b"Imperial", b"gender", extract().ids.tobytes()[:16]):
        assert secret not in content
    assert len(content) < ROWS * 8 + 1500  # the ids cannot be compressed; the groups nearly vanish


def test_the_same_content_is_never_the_same_bytes(ledger: Ledger, keys: OwnerKeys, tmp_path: Path) -> None:
    other = ledger_beside(tmp_path / "other" / "vault.json", keys)
    enter(ledger, entry())
    enter(other, entry())
    assert ledger.path.read_bytes() != other.path.read_bytes()


@pytest.mark.parametrize("where", [0, 20, 200, -1])
def test_a_changed_byte_is_refused(ledger: Ledger, where: int) -> None:
    enter(ledger, entry())
    content = bytearray(ledger.path.read_bytes())
    content[where] ^= 1
    ledger.path.write_bytes(bytes(content))
    with pytest.raises(SealError, match="backup"):
        ledger.read()


@pytest.mark.parametrize("change", [lambda c: c[:-1], lambda c: c + b"\0", lambda _: b"", lambda c: c[:25]])
def test_a_cut_or_longer_file_is_refused(ledger: Ledger, change: object) -> None:
    enter(ledger, entry())
    ledger.path.write_bytes(change(ledger.path.read_bytes()))
    with pytest.raises(SealError, match="backup"):
        ledger.read()


def test_it_belongs_to_one_vault(ledger: Ledger) -> None:
    enter(ledger, entry())
    with pytest.raises(SealError, match="another vault"):
        Ledger(ledger.path, OwnerKeys.fresh()).read()


def test_nothing_is_entered_over_a_ledger_that_cannot_be_read(ledger: Ledger) -> None:
    ledger.path.write_bytes(b"not a ledger")
    with pytest.raises(SealError), ledger.entering(entry(), extract(), head=""):
        pytest.fail("must not run")
    assert ledger.path.read_bytes() == b"not a ledger"


class TestAllOrNothing:
    @pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt(), ValueError("x")])
    @pytest.mark.parametrize("before", [0, 1])
    def test_a_failure_leaves_neither_entry_nor_release(
        self, ledger: Ledger, error: BaseException, before: int
    ) -> None:
        for number in range(before):
            enter(ledger, entry(f"r{number}"))
        old = ledger.path.read_bytes() if before else None
        with pytest.raises(type(error)), ledger.entering(entry("new"), extract(), head=ledger.read().head):
            raise error
        assert (ledger.path.read_bytes() if ledger.path.exists() else None) == old
        assert len(ledger.read().entries) == before

    def test_where_the_folder_cannot_appear_the_entry_vanishes(self, ledger: Ledger, tmp_path: Path) -> None:
        out = tmp_path / "out"
        entering = ledger.entering(entry(), extract(), head="")

        def quick_rival() -> None:
            with staging(out, "writing the release", entering) as stage:
                (stage / "data").write_text("x")
                out.mkdir()
                (out / "theirs").write_text("y")

        with pytest.raises(OutputError, match="not empty"):
            quick_rival()
        assert ledger.read().entries == ()
        assert [path.name for path in out.iterdir()] == ["theirs"]

    def test_where_the_entry_cannot_be_written_the_folder_does_not_appear(
        self, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_arguments: object, **_named: object) -> None:
            raise OSError(errno.ENOSPC, "full")

        monkeypatch.setattr("anonymiser.release.ledger.write_whole", full)
        out = tmp_path / "out"
        with (
            pytest.raises(OutputError, match="disk is full"),
            staging(out, "writing the release", ledger.entering(entry(), extract(), head="")) as stage,
        ):
            (stage / "data").write_text("x")
        assert not out.exists()
        assert not ledger.path.exists()

    def test_together_they_appear(self, ledger: Ledger, tmp_path: Path) -> None:
        with staging(tmp_path / "out", "writing", ledger.entering(entry(), extract(), head="")) as stage:
            (stage / "data").write_text("x")
        assert (tmp_path / "out" / "data").read_text() == "x"
        assert [one.release_id for one in ledger.read().entries] == ["r1"]


WRITER = """
import sys
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from anonymiser.errors import OutputError
from anonymiser.release.keys import OwnerKeys
from anonymiser.release.ledger import Ledger
from tests.release.test_ledger import entry, extract

path, name = sys.argv[1:]
master, signing = (bytes.fromhex(line) for line in sys.stdin.read().split())
ledger = Ledger(Path(path), OwnerKeys(master, Ed25519PrivateKey.from_private_bytes(signing)))
entered = 0
while entered < 5:
    try:
        with ledger.entering(entry(f"{name}-{entered}"), extract(), head=ledger.read().head):
            entered += 1
    except OutputError:
        continue  # the other was quicker: compare again
"""


def test_two_writers_at_once_lose_nothing(ledger: Ledger, keys: OwnerKeys) -> None:
    root = Path(__file__).resolve().parents[2]
    told = f"{keys.master.hex()}\n{keys.signing_bytes.hex()}\n"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, ledger.path, name], cwd=root, stdin=subprocess.PIPE, text=True)
        for name in "ab"
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(told)
        writer.stdin.close()
    assert [writer.wait(120) for writer in writers] == [0, 0]
    found = sorted(one.release_id for one in ledger.read().entries)
    assert found == sorted(f"{name}-{number}" for name in "ab" for number in range(5))


def test_what_was_compared_with_an_older_ledger_is_not_entered(ledger: Ledger) -> None:
    before = ledger.read().head
    enter(ledger, entry("r1"))
    with pytest.raises(OutputError, match="Check again"), ledger.entering(entry("r2"), extract(), head=before):
        pytest.fail("must not run")
    assert [one.release_id for one in ledger.read().entries] == ["r1"]


class TestIds:
    def test_an_id_is_used_once(self, ledger: Ledger) -> None:
        enter(ledger, entry())
        with pytest.raises(InputError, match="used before"):
            enter(ledger, entry(recipe_json='{"version": 2}'))

    def test_the_same_release_made_again_stands_once(self, ledger: Ledger) -> None:
        enter(ledger, entry())
        enter(ledger, entry(created=date(2026, 5, 1)))
        assert [one.created for one in ledger.read().entries] == [date(2026, 5, 1)]


class TestWithdrawing:
    STATED = Withdrawal("It was never sent.", "A. Owner", "2026-03-02")

    def test_it_stays_with_its_reason(self, ledger: Ledger) -> None:
        enter(ledger, entry())
        ledger.withdraw("r1", self.STATED)
        assert ledger.read().entries[0].withdrawn == self.STATED

    @pytest.mark.parametrize("given", [replace(STATED, reason=" "), replace(STATED, stated_by="")])
    def test_it_needs_a_reason_and_a_name(self, ledger: Ledger, given: Withdrawal) -> None:
        enter(ledger, entry())
        with pytest.raises(InputError, match="reason and the name"):
            ledger.withdraw("r1", given)

    def test_what_is_not_there_or_withdrawn_is_not_withdrawn(self, ledger: Ledger) -> None:
        with pytest.raises(InputError, match="no release"):
            ledger.withdraw("r1", self.STATED)
        enter(ledger, entry())
        ledger.withdraw("r1", self.STATED)
        with pytest.raises(InputError, match="already"):
            ledger.withdraw("r1", self.STATED)


def test_a_folder_that_cannot_be_read_is_said_plainly(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path, **_named: object) -> os.stat_result:
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(OutputError, match="ledger"):
        ledger.read()
