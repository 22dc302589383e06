import json
import stat
from pathlib import Path

import pytest

from anonymiser.errors import OutputError, SealError
from anonymiser.release.vault import create_vault, open_vault, save_vault

WORDS = "six words are better than one"


def test_keys_come_back_with_the_passphrase_and_only_with_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "vault.json"
    keys = create_vault(path, WORDS)
    again = open_vault(path, f" {WORDS} ")
    assert (again.master, again.fingerprint) == (keys.master, keys.fingerprint)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.master.hex() not in path.read_text()
    for wrong in ("six words", ""):
        with pytest.raises(SealError):
            open_vault(path, wrong)


def test_a_vault_is_never_replaced_by_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "vault.json"
    create_vault(path, WORDS)
    before = path.read_bytes()
    with pytest.raises(OutputError, match="already"):
        create_vault(path, WORDS)
    assert path.read_bytes() == before


def test_changing_the_passphrase_keeps_the_keys(tmp_path: Path) -> None:
    path = tmp_path / "vault.json"
    keys = create_vault(path, WORDS)
    save_vault(path, keys, "another one")
    assert open_vault(path, "another one").master == keys.master
    with pytest.raises(SealError, match="passphrase"):
        open_vault(path, WORDS)
    assert list(tmp_path.iterdir()) == [path]


def test_an_empty_passphrase_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(SealError, match="empty"):
        create_vault(tmp_path / "vault.json", " ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"iterations": 2},
        {"memory_kib": 2**40},
        {"iterations": "many"},
        {"salt": "AAAA"},
        {"wrapped": "AAAA"},
        {"nonce": "not base64!"},
        {"format": "halftone-vault-9"},
    ],
)
def test_an_altered_vault_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "vault.json"
    create_vault(path, WORDS)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(SealError):
        open_vault(path, WORDS)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b"\x00" * 100, b'{"format": 1}'])
def test_another_file_is_no_vault(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "vault.json").write_bytes(content)
    with pytest.raises(SealError, match="not a vault"):
        open_vault(tmp_path / "vault.json", WORDS)
