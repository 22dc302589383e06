"""Every container of a release, damaged in every way that could go unseen: refused, and nothing readable is left."""

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyrage
import pytest

from anonymiser.errors import PackageError, SealError
from anonymiser.release.keys import OwnerKeys
from anonymiser.release.manifest import hash_of, signed_manifest
from anonymiser.release.opening import OpeningKey, open_release
from anonymiser.release.payload import Payload
from anonymiser.release.seal import SealWithPassphrase, prepare, seal_stream
from anonymiser.release.streams import tar_stream
from anonymiser.release.vault import create_vault, open_vault

KEYS = OwnerKeys.fresh()
WORDS = "six-words-for-the-test-only"
MARK = b"a line that only the plaintext has\n"
_CHUNK = 65_536 + 16


def flipped(content: bytes, place: int) -> bytes:
    place %= len(content)
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def start(content: bytes) -> int:
    """Where the chunks of an age file begin: after the line of its MAC, and a nonce of 16 bytes."""
    return content.index(b"\n", content.index(b"\n--- ") + 1) + 17


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "altered at the head": lambda b: flipped(b, 5),
    "altered in the header": lambda b: flipped(b, 60),
    "altered in the middle": lambda b: flipped(b, len(b) // 2),
    "altered at the tail": lambda b: flipped(b, -1),
    "altered before a chunk's edge": lambda b: flipped(b, start(b) + _CHUNK - 1),
    "altered after a chunk's edge": lambda b: flipped(b, start(b) + _CHUNK),
    "cut by a byte": lambda b: b[:-1],
    "without its first byte": lambda b: b[1:],
    "cut at a chunk's edge": lambda b: b[: start(b) + _CHUNK],
    "cut inside a tag": lambda b: b[: start(b) + _CHUNK - 7],
    "cut to a half": lambda b: b[: len(b) // 2],
    "emptied": lambda _: b"",
    "a byte appended": lambda b: b + b"\0",
    "appended to itself": lambda b: b + b,
    "a chunk left out": lambda b: b[: start(b)] + b[start(b) + _CHUNK :],
    "a chunk twice": lambda b: b[: start(b) + _CHUNK] + b[start(b) :],
}
SMALL = [name for name in DAMAGES if "chunk" not in name and "tag" not in name]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed release under a passphrase, of some chunks, and beside it the private key that the passphrase guards."""
    folder = tmp_path_factory.mktemp("containers") / "release_r1"
    folder.mkdir()
    seal = prepare(SealWithPassphrase(WORDS), date(2026, 11, 22))
    with Payload(folder) as payload:
        payload.add("data/records.csv", MARK * 8000)
        seal_stream(tar_stream(payload, 0, "r1"), folder / "payload.tar.age", seal.recipient, lambda _: None)
    (folder / "identity.age").write_bytes(seal.identity_file or b"")
    (folder / "public_key.pem").write_bytes(KEYS.public_pem)
    sign(folder)
    text = pyrage.passphrase.decrypt(seal.identity_file or b"", WORDS)
    (folder.parent / "key").write_bytes(text.splitlines()[-1])
    return folder


def sign(folder: Path) -> None:
    """As somebody could who has the owner's key: what stands behind the signature has to hold by itself."""
    files = {p.name: hash_of(p) for p in folder.iterdir() if p.name not in ("manifest.json", "manifest.sig")}
    text, signature = signed_manifest("r1", date(2026, 11, 22), files, KEYS)
    (folder / "manifest.json").write_bytes(text)
    (folder / "manifest.sig").write_bytes(signature)


@pytest.fixture
def release(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    folder = tmp_path / kept.name
    folder.mkdir()
    for path in kept.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def refused(folder: Path, key: OpeningKey) -> str:
    with pytest.raises(PackageError) as caught:
        open_release(folder, folder.parent / "opened", key)
    assert [path for path in folder.parent.rglob("*") if path.parent != folder] == [folder, folder.parent / "temporary"]
    return str(caught.value)


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_payload(kept: Path, release: Path, damage: str) -> None:
    path = release / "payload.tar.age"
    key = OpeningKey(kept.parent / "key")
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    assert "'payload.tar.age' was changed" in refused(release, key)
    sign(release)
    refused(release, key)


@pytest.mark.parametrize("damage", SMALL)
def test_the_key_file_that_travels(release: Path, damage: str) -> None:
    path = release / "identity.age"
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    assert "'identity.age' was changed" in refused(release, OpeningKey(passphrase=WORDS))
    if damage in ("altered at the tail", "cut by a byte"):  # each costs a second
        sign(release)
        refused(release, OpeningKey(passphrase=WORDS))


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig", "public_key.pem"])
@pytest.mark.parametrize("damage", SMALL)
def test_what_is_signed_and_what_signs(release: Path, name: str, damage: str) -> None:
    path = release / name
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    refused(release, OpeningKey(passphrase=WORDS))


@pytest.mark.parametrize("damage", SMALL)
def test_the_vault(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "vault.json"
    create_vault(path, WORDS)
    content = path.read_bytes().rstrip()
    path.write_bytes(DAMAGES[damage](content))
    if damage == "a byte appended":
        path.write_bytes(content + b"x")
    with pytest.raises(SealError):
        open_vault(path, WORDS)


def test_an_undamaged_one_opens(release: Path, kept: Path) -> None:
    opened = open_release(release, release.parent / "opened", OpeningKey(kept.parent / "key"))
    assert (opened.folder / "data" / "records.csv").read_bytes() == MARK * 8000
