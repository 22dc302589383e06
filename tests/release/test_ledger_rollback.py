"""An older copy of the ledger would hide a release: refused, until the owner says that there is no newer one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from anonymiser import autosave
from anonymiser.audit import TRAIL_FILE, Event, Trail, folder_of, in_words, read_entries
from anonymiser.errors import InputError, OutputError, SealError, TamperedError
from anonymiser.policy import RESEARCHERS
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.release.ledger import Ledger, ledger_beside
from anonymiser.release.ledger_book import Withdrawal
from anonymiser.release.seal import SealWithPassphrase
from anonymiser.release.vault import create_vault
from anonymiser.releasing import draft, release
from anonymiser.releasing.recorded import accept
from sample_data import CUSTOMERS
from tests.command_line import Command, refused
from tests.release.test_ledger import enter, entry, extract

WORDS = "correct horse battery"
Opened = Callable[[], Ledger]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    keys = create_vault(tmp_path / "vault.json", WORDS)
    return lambda: ledger_beside(tmp_path / "vault.json", keys)


def memories() -> list[Path]:
    return list(folder_of(autosave.home()).glob("ledger-*.seal"))


def test_an_older_copy_is_refused_and_the_newest_one_is_not(opened: Opened) -> None:
    enter(opened(), entry("r1"))
    older = opened().path.read_bytes()
    enter(opened(), entry("r2"))
    newest = opened().path.read_bytes()
    opened().path.write_bytes(older)
    for use in (
        lambda: opened().read(),
        lambda: opened().withdraw("r1", Withdrawal("never sent", "A. Owner", "2026-11-22")),
        lambda: opened().entering(entry("r3"), extract(), head="").__enter__(),
    ):
        with pytest.raises(SealError, match=r"older copy.*ledger accept"):
            use()
    assert opened().path.read_bytes() == older
    opened().path.write_bytes(newest)
    assert [one.release_id for one in opened().read().entries] == ["r1", "r2"]


def test_a_ledger_that_is_gone_is_not_an_empty_one(opened: Opened) -> None:
    enter(opened(), entry("r1"))
    opened().path.unlink()
    with pytest.raises(SealError, match="is gone"):
        opened().read()


def test_a_withdrawal_cannot_be_undone_by_an_older_copy(opened: Opened) -> None:
    enter(opened(), entry("r1"))
    before = opened().path.read_bytes()
    opened().withdraw("r1", Withdrawal("never sent", "A. Owner", "2026-11-22"))
    opened().path.write_bytes(before)
    with pytest.raises(SealError, match="older copy"):
        opened().read()


def test_a_release_that_fails_leaves_nothing_to_stumble_over(opened: Opened) -> None:
    enter(opened(), entry("r1"))
    with pytest.raises(ValueError, match="x"), opened().entering(entry("r2"), extract(), head=opened().read().head):
        raise ValueError("x")
    enter(opened(), entry("r3"))
    assert [one.release_id for one in opened().read().entries] == ["r1", "r3"]


def test_where_it_cannot_be_remembered_nothing_is_entered(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(opened(), entry("r1"))
    ledger = opened()
    assert ledger.memory is not None
    note = ledger.memory.note

    def full(serial: int) -> None:
        if serial > 1:
            raise OutputError("The disk is full.")
        note(serial)

    monkeypatch.setattr(ledger.memory, "note", full)
    with pytest.raises(OutputError, match="full"):
        enter(ledger, entry("r2"))
    assert [one.release_id for one in opened().read().entries] == ["r1"]


@pytest.mark.parametrize("place", [0, 30, -1])
def test_a_changed_memory_is_refused(opened: Opened, place: int) -> None:
    enter(opened(), entry("r1"))
    (memory,) = memories()
    content = bytearray(memory.read_bytes())
    content[place] ^= 1
    memory.write_bytes(content)
    with pytest.raises(TamperedError, match="remembers the ledger"):
        opened().read()


def test_a_vault_that_moved_to_another_machine_begins_anew(opened: Opened) -> None:
    enter(opened(), entry("r1"))
    (memory,) = memories()
    memory.unlink()
    assert len(opened().read().entries) == 1
    enter(opened(), entry("r2"))
    assert len(memories()) == 1


def test_accepting_an_older_copy_shuts_out_the_lost_ones(opened: Opened) -> None:
    enter(opened(), entry("r1"))
    older = opened().path.read_bytes()
    enter(opened(), entry("r2"))
    lost = opened().path.read_bytes()
    opened().path.write_bytes(older)
    with pytest.raises(InputError, match="reason and the name"):
        accept(Trail(), opened(), reason=" ", stated_by="A. Owner")
    accept(Trail(), opened(), reason="the disk broke", stated_by="A. Owner")
    assert [one.release_id for one in opened().read().entries] == ["r1"]
    enter(opened(), entry("r3"))
    opened().path.write_bytes(lost)
    with pytest.raises(SealError, match="older copy"):
        opened().read()


def test_the_record_knows_it_too_and_the_command_line_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The vault's own memory is deleted together with the newest ledger: the record still contradicts."""
    run = Command(capsys)
    keys = create_vault(tmp_path / "vault.json", WORDS)
    (tmp_path / "words").write_text(WORDS)
    ledger, trail = ledger_beside(tmp_path / "vault.json", keys), Trail().signed_by(keys.signing)
    project = Project(read(CUSTOMERS))
    project.choose_policy(RESEARCHERS.name, levels=True)

    def make(name: str) -> None:
        words = replace(draft(project, date(2026, 11, 22)), release_id=name, owner="iInsureU123", contact="a@b.example")
        release(project, words, SealWithPassphrase(), tmp_path / name, keys=keys, remembered=ledger, trail=trail)

    make("r1")
    older = ledger.path.read_bytes()
    make("r2")
    ledger.path.write_bytes(older)
    (memory,) = memories()
    memory.unlink()
    with pytest.raises(SealError, match="older copy"):
        make("r3")
    assert not (tmp_path / "r3").exists()
    opening = ("--vault", tmp_path / "vault.json", "--vault-passphrase-file", tmp_path / "words")
    refused(run("ledger", "accept", *opening, "--reason", "", "--by", "A. Owner"), "reason and the name")
    said = run("ledger", "accept", *opening, "--reason", "the disk broke", "--by", "A. Owner")
    assert (said.code, "Not in it: release r2 of" in said.out) == (0, True)
    make("r3")
    assert [one.release_id for one in ledger.read().entries] == ["r1", "r3"]
    noted = read_entries((trail.folder / TRAIL_FILE).read_bytes())
    (accepted,) = [one for one in noted if one.event is Event.ACCEPTED]
    assert "A. Owner states; 1 of the releases" in in_words(accepted)
    assert [one.fields["release"] for one in noted if one.event is Event.ENTERED] == ["r1", "r2", "r3"]
