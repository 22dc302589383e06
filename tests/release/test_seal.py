import errno
import io
import os
import stat
import subprocess
import tarfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyrage
import pytest

from anonymiser.errors import SealError
from anonymiser.release.passphrases import new_passphrase, word_list
from anonymiser.release.payload import Payload
from anonymiser.release.seal import SealToKey, SealWithPassphrase, prepare, seal_stream
from anonymiser.release.streams import Forward, tar_stream

IDENTITY = pyrage.x25519.Identity.generate()
TODAY = date(2025, 11, 22)


def seal(blocks: Iterator[bytes], path: Path) -> int:
    return seal_stream(blocks, path, IDENTITY.to_public(), lambda _: None).bytes


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 3_000_000])
def test_the_stream_comes_back_whole(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    told: list[int] = []
    sealed = seal_stream(
        iter([content[: size // 3], b"", content[size // 3 :]]), tmp_path / "x.age", IDENTITY.to_public(), told.append
    )
    raw = (tmp_path / "x.age").read_bytes()
    assert pyrage.decrypt(raw, [IDENTITY]) == content
    assert (sealed.bytes, told[-1]) == (len(raw), len(raw))
    assert stat.S_IMODE((tmp_path / "x.age").stat().st_mode) == 0o600
    digest = subprocess.run(["openssl", "dgst", "-sha256"], input=raw, capture_output=True, check=True).stdout
    assert sealed.sha256 == digest.decode().split()[-1]


def test_the_age_program_opens_it(tmp_path: Path) -> None:
    subprocess.run(["age-keygen", "-o", "key.txt"], cwd=tmp_path, check=True, capture_output=True)
    public = subprocess.run(
        ["age-keygen", "-y", "key.txt"], cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout
    made = prepare(SealToKey(f" {public}\n"), TODAY)
    assert made.identity_file is None
    seal_stream(iter([b"secret"]), tmp_path / "x.age", made.recipient, lambda _: None)
    out = subprocess.run(["age", "-d", "-i", "key.txt", "x.age"], cwd=tmp_path, check=True, capture_output=True)
    assert out.stdout == b"secret"


def failing(error: BaseException) -> Iterator[bytes]:
    yield bytes(1 << 20)
    raise error


@pytest.mark.parametrize("error", [OSError(errno.EIO, "disk"), KeyboardInterrupt(), ValueError("odd")])
def test_a_failing_source_leaves_nothing_and_keeps_its_error(tmp_path: Path, error: BaseException) -> None:
    (tmp_path / "x.age").write_bytes(b"old")
    with pytest.raises(type(error)) as caught:
        seal(failing(error), tmp_path / "x.age")
    assert caught.value is error
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("x.age", b"old")]


@pytest.mark.parametrize("size", [200_000, 9_000_000])
def test_a_full_disk_keeps_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    def full(_file: int, _block: object) -> int:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="full") as caught:
        seal(iter([bytes(size)]), tmp_path / "x.age")
    assert caught.value.errno == errno.ENOSPC
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["", "age1", "age1" + "q" * 58, "ssh-ed25519 AAAA", "AGE-SECRET-KEY-1ABC", "\x00", "é"]
)
def test_what_is_no_public_key_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(SealError) as caught:
        prepare(SealToKey(text), TODAY)
    assert "ABC" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "  ", "\n", "two\nlines", "a\x00b"])
def test_a_passphrase_that_cannot_be_typed_is_refused(text: str) -> None:
    with pytest.raises(SealError, match="passphrase"):
        prepare(SealWithPassphrase(text), TODAY)


def test_the_passphrase_seals_only_the_identity() -> None:
    made = prepare(SealWithPassphrase("one-two-three"), TODAY)
    assert made.identity_file is not None
    text = pyrage.passphrase.decrypt(made.identity_file, "one-two-three").decode()
    identity = pyrage.x25519.Identity.from_str(text.splitlines()[-1])
    assert str(identity.to_public()) == str(made.recipient)
    assert "one-two-three" not in repr(made)
    assert "one" not in repr(SealWithPassphrase("one"))


def test_sixword_list_of_the_long_list() -> None:
    assert len(word_list()) == len(set(word_list())) == 7776
    made = {new_passphrase() for _ in range(200)}
    assert len(made) == 200
    assert all(phrase.isascii() and phrase.islower() for phrase in made)
    used = {word for phrase in made for word in phrase.split("-")}
    assert len(used) > 900


def test_the_tar_is_the_same_bytes_and_names_nobody(tmp_path: Path) -> None:
    made = []
    for order in (("b/x.csv", "a.md"), ("a.md", "b/x.csv")):
        with Payload(tmp_path) as payload:
            for name in order:
                payload.add(name, name * 700)
            made.append(b"".join(tar_stream(payload, 86_400)))
    assert made[0] == made[1]
    with tarfile.open(fileobj=io.BytesIO(made[0])) as archive:
        members = archive.getmembers()
        assert [m.name for m in members] == ["a.md", "b/x.csv"]
        assert {(m.uid, m.gid, m.uname, m.gname, m.mtime, m.mode) for m in members} == {(0, 0, "", "", 86_400, 0o644)}
        assert archive.extractfile("b/x.csv").read() == b"b/x.csv" * 700  # type: ignore[union-attr]
    (tmp_path / "t.tar").write_bytes(made[0])
    listed = subprocess.run(["tar", "-tf", "t.tar"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert listed.split() == ["a.md", "b/x.csv"]


def test_a_stream_gives_every_byte_once_and_never_goes_back() -> None:
    stream = Forward(iter([b"", b"abc", b"", b"d" * 10, b"e"]))
    assert stream.read(2) == b"ab"
    stream.seek(5)
    assert stream.tell() == 5
    assert b"".join(stream.pieces(3)) == b"ddd"
    assert b"".join(stream.pieces()) == b"ddddde"
    assert stream.read(1) == b""
    for impossible in (lambda: stream.seek(1), lambda: stream.read(1 << 30), lambda: stream.read(-1)):
        with pytest.raises(ValueError, match=r"way back|impossible"):
            impossible()
