"""Another passphrase, a backup, and the table that leads back to people: who can read what, and where it stands."""

import csv
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyrage
import pytest

from anonymiser import autosave
from anonymiser.attributes import Concept
from anonymiser.audit import TRAIL_FILE, Event, folder_of, public_hex, read_entries
from anonymiser.errors import InputError, OutputError, SealError
from anonymiser.microdata import Microdata
from anonymiser.release.facts import ReleaseFacts
from anonymiser.release.keys import OwnerKeys
from anonymiser.release.opening import OpeningKey, open_release
from anonymiser.release.package import make_release
from anonymiser.release.pseudonymise import field_key, normalise_national_insurance, pseudonym
from anonymiser.release.pseudonyms import PseudonymRequest
from anonymiser.release.reidentification import REIDENTIFICATION
from anonymiser.release.seal import SealToKey
from anonymiser.release.vault import IF_LOST, back_up, change_passphrase, create_vault, open_vault
from anonymiser.transform.released import ReleasedTable
from tests.command_line import Command

IDENTITY = pyrage.x25519.Identity.generate()
TO_ME = SealToKey(str(IDENTITY.to_public()))
KEYS = OwnerKeys.fresh()
NUMBERS = [f"ZZ {i:06d} T" for i in range(260)]


def test_another_passphrase_keeps_the_keys_and_shuts_out_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "vault.json"
    keys = create_vault(path, "old words")
    before = path.read_bytes()
    for old, new, said in (
        ("wrong", "new words", "does not open"),
        ("old words", " ", "empty"),
        ("old words", " old words ", "the old one"),
    ):
        with pytest.raises(SealError, match=said):
            change_passphrase(path, old, new)
        assert path.read_bytes() == before
    assert change_passphrase(path, "old words", "new words").master == keys.master
    assert open_vault(path, "new words").fingerprint == keys.fingerprint
    with pytest.raises(SealError):
        open_vault(path, "old words")


def test_a_backup_is_ciphertext_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "vault.json"
    keys = create_vault(path, "old words")
    path.with_suffix(".ledger").write_bytes(b"ciphertext of the ledger")
    backup = back_up(path)
    for secret in (keys.master, keys.signing_bytes, keys.master.hex().encode()):
        assert secret not in backup
    change_passphrase(path, "old words", "new words")
    with zipfile.ZipFile(io.BytesIO(backup)) as archive:
        assert archive.namelist() == ["vault.json", "vault.ledger"]
        archive.extractall(tmp_path / "restored")
    assert open_vault(tmp_path / "restored" / "vault.json", "old words").master == keys.master
    assert (tmp_path / "restored" / "vault.ledger").read_bytes() == b"ciphertext of the ledger"
    with pytest.raises(OutputError, match="no vault"):
        back_up(tmp_path / "nothing.json")


def test_the_command_line_does_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = Command(capsys)
    vault = tmp_path / "vault.json"
    keys = create_vault(vault, "old words")
    for name in ("old", "new"):
        (tmp_path / name).write_text(f"{name} words\n")
    out = tmp_path / "b.zip"
    assert run("vault", "backup", vault, "--passphrase-file", tmp_path / "new", "--out", out).code == 2
    assert not out.exists()
    said = run("vault", "backup", vault, "--passphrase-file", tmp_path / "old", "--out", out)
    assert (said.code, IF_LOST[0] in said.out) == (0, True)
    assert run("vault", "backup", vault, "--passphrase-file", tmp_path / "old", "--out", out).code == 2
    change = ("--passphrase-file", tmp_path / "old", "--new-passphrase-file", tmp_path / "new")
    assert run("vault", "passphrase", vault, *change).code == 0
    assert open_vault(vault, "new words").master == keys.master
    assert run("vault", "passphrase", vault, *change).code == 2
    changed, failed = read_entries((folder_of(autosave.home()) / TRAIL_FILE).read_bytes())[-2:]
    assert (changed.event, changed.key) == (Event.REWRAPPED, public_hex(keys.signing.public_key()))
    assert (failed.event, failed.fields["kind"]) == (Event.FAILED, "SealError")
    assert "words" not in str(changed.fields | failed.fields)


@pytest.fixture
def make(
    table: ReleasedTable, facts: Callable[..., ReleaseFacts], tmp_path: Path
) -> Callable[..., tuple[Path, dict[str, bytes]]]:
    """The release that leaves, and the files of the opened private archive."""
    source = Microdata.from_columns({"ni": list(NUMBERS)}).column("ni")

    def made(release_id: str, recipient: str = "Imperial College", **more: object) -> tuple[Path, dict[str, bytes]]:
        known = facts(release_id=release_id, recipient=recipient, **more)
        asked = [PseudonymRequest("person_id", source, Concept.NATIONAL_INSURANCE)] if "none" not in release_id else []
        out = tmp_path / f"{release_id}-{recipient}"
        result = make_release(table, known, TO_ME, out, raw=(), keys=KEYS, owner=TO_ME, pseudonyms=asked)
        plain = pyrage.decrypt((result.supporting / "supporting.tar.age").read_bytes(), [IDENTITY])
        with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
            return out, {m.name: archive.extractfile(m).read() for m in archive}  # type: ignore[union-attr]

    return made


def pseudonyms_in(out: Path, tmp_path: Path) -> set[str]:
    (tmp_path / "key").write_text(f"{IDENTITY}\n")
    (release,) = out.glob("release_*")
    open_release(release, out / "opened", OpeningKey(tmp_path / "key"))
    with (out / "opened" / "data" / "records.csv").open(encoding="utf-8", newline="") as file:
        return {row["person_id"] for row in csv.DictReader(file)}


def test_two_releases_share_no_pseudonym_and_the_same_one_made_again_has_the_same(
    make: Callable[..., tuple[Path, dict[str, bytes]]], tmp_path: Path
) -> None:
    first, _ = make("r1")
    mine = pseudonyms_in(first, tmp_path)
    assert len(mine) == 240
    for release_id, recipient in (("r2", "Imperial College"), ("r1", "Another college")):
        assert not mine & pseudonyms_in(make(release_id, recipient)[0], tmp_path)
    first.rename(tmp_path / "kept")
    assert pseudonyms_in(make("r1")[0], tmp_path) == mine


def test_the_table_that_leads_back_is_made_on_request_and_stands_nowhere_else(
    make: Callable[..., tuple[Path, dict[str, bytes]]], tmp_path: Path
) -> None:
    _, without = make("r1")
    assert REIDENTIFICATION not in without
    assert json.loads(without["release.json"])["reidentification_table"] is False
    out, archive = make("r2", reidentification=True)
    rows = list(csv.DictReader(io.StringIO(archive[REIDENTIFICATION].decode())))
    assert {row["identifier"] for row in rows} == set(NUMBERS[20:])  # the rows that leave
    assert {row["pseudonym"] for row in rows} == pseudonyms_in(out, tmp_path)
    key = field_key(KEYS.for_release("r2", "Imperial College").secret, "person_id")
    for row in rows:
        assert pseudonym(normalise_national_insurance(row["identifier"]), key) == row["pseudonym"]
    outside = [p for p in out.rglob("*") if p.is_file()]
    assert len(outside) > 15
    for path in outside:  # ciphertext, documents, the opened release
        content = path.read_bytes()
        assert not any(number.encode() in content or number.replace(" ", "").encode() in content for number in NUMBERS)
    for name in archive.keys() - {REIDENTIFICATION}:
        assert not any(number.encode() in archive[name] for number in NUMBERS)
    order = [row["pseudonym"] for row in rows]
    assert order == sorted(order)  # says nothing of the order of the input
    assert np.argsort([row["identifier"] for row in rows]).tolist() != list(range(len(rows)))


def test_without_pseudonyms_there_is_nothing_to_lead_back(
    make: Callable[..., tuple[Path, dict[str, bytes]]], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="this release has none"):
        make("none", reidentification=True)
    assert not (tmp_path / "none-Imperial College").exists()
