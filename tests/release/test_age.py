"""Our age code beside the age test kit (C2SP/CCTV), the age program and pyrage.

``cctv_age.zip`` holds all 143 vectors of the npm package cctv-age 0.2.0 as they stand there (licence: 0BSD, CC0 1.0 or
Unlicense).
"""

import hashlib
import io
import os
import subprocess
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyrage
import pytest

from anonymiser.errors import SealError
from anonymiser.release.age import DamagedError, NoKeyFitsError, encrypted, opened, to_key, to_passphrase
from anonymiser.release.unseal import OpeningKey, identities_of

_CHUNK = 65_536
IDENTITY = pyrage.x25519.Identity.generate()
PUBLIC = str(IDENTITY.to_public())
LOOKS_AHEAD = {
    "stream_no_final_full",
    "stream_no_final_two_chunks_full",
    "stream_trailing_garbage_long",
    "stream_trailing_garbage_short",
    "stream_two_final_chunks",
    "stream_two_final_chunks_full",
    "stream_two_final_chunks_second",
}
"""Damaged at the end: we know the end before we give out the chunk before it, so we give out one chunk less."""


@dataclass(frozen=True)
class Vector:
    name: str
    expect: str
    content: bytes
    given: dict[str, list[str]]

    @property
    def keys(self) -> list[str]:
        """X25519 only: the others are post-quantum ones, which Halftone does not make."""
        return [key for key in self.given["identity"] if key.startswith("AGE-SECRET-KEY-1")]


@cache
def vectors() -> tuple[Vector, ...]:
    found = []
    with zipfile.ZipFile(Path(__file__).parent / "cctv_age.zip") as kit:
        for name in kit.namelist():
            head, _, content = kit.read(name).partition(b"\n\n")
            given = defaultdict(list)
            for line in head.decode().splitlines():
                key, _, value = line.partition(": ")
                given[key].append(value)
            content = zlib.decompress(content) if given["compressed"] else content
            found.append(Vector(name, given["expect"][0], content, given))
    return tuple(found)


def read(content: bytes, keys: list[str]) -> tuple[str, bytes]:
    """How it ended, and what was given out before."""
    got = b""
    try:
        for block in opened(io.BytesIO(content), keys):
            got += block
    except DamagedError:
        return "damaged", got
    except NoKeyFitsError:
        return "no match", got
    return "success", got


@pytest.mark.parametrize(
    "vector",
    [v for v in vectors() if not v.given["armored"] and not v.given["passphrase"] and not v.name.startswith("hybrid")],
    ids=lambda v: v.name,
)
def test_the_test_kit(vector: Vector) -> None:
    ended, got = read(vector.content, vector.keys)
    assert ended == {"success": "success", "no match": "no match"}.get(vector.expect, "damaged")
    if vector.name in LOOKS_AHEAD:
        assert len(got) % _CHUNK == 0
    elif vector.given["payload"]:
        assert hashlib.sha256(got).hexdigest() == vector.given["payload"][0]


def test_every_vector_is_of_a_known_kind() -> None:
    assert len(vectors()) == 143
    assert {v.expect for v in vectors()} == {
        "success",
        "no match",
        "HMAC failure",
        "header failure",
        "payload failure",
        "armor failure",
    }


@pytest.mark.parametrize("vector", [v for v in vectors() if v.given["armored"]], ids=lambda v: v.name)
def test_a_payload_in_armour_is_none(vector: Vector) -> None:
    assert read(vector.content, vector.keys) == ("damaged", b"")


@pytest.mark.parametrize("vector", [v for v in vectors() if v.name.startswith("hybrid")], ids=lambda v: v.name)
def test_a_payload_for_post_quantum_keys_is_not_ours(vector: Vector) -> None:
    assert read(vector.content, vector.keys)[0] in ("no match", "damaged")


@pytest.mark.parametrize("vector", [v for v in vectors() if v.given["passphrase"]], ids=lambda v: v.name)
def test_a_key_file_under_a_passphrase(vector: Vector, tmp_path: Path) -> None:
    """The content is no key: what opens is told by 'holds no age private key', what does not by another sentence."""
    (tmp_path / "identity.age").write_bytes(vector.content)
    with pytest.raises(SealError) as caught:
        identities_of(OpeningKey(passphrase=vector.given["passphrase"][0]), tmp_path / "identity.age")
    assert ("holds no age private key" in str(caught.value)) == (vector.expect == "success")
    if vector.name == "scrypt_work_factor_23":  # the library would try it, with eight gigabytes
        assert "costs more memory" in str(caught.value)


def test_two_damaged_headers_that_the_library_lets_through() -> None:
    """Why the payload is opened by our own code; should the library mend this, nothing changes for us."""
    by_name = {v.name: v for v in vectors()}
    for name in ("stanza_missing_body", "stanza_missing_final_line"):
        vector = by_name[name]
        assert pyrage.decrypt(vector.content, [pyrage.x25519.Identity.from_str(key) for key in vector.keys])
        assert read(vector.content, vector.keys) == ("damaged", b"")


def cut(content: bytes, size: int) -> Iterator[bytes]:
    yield from (content[i : i + size] for i in range(0, len(content), size))


@pytest.mark.parametrize("length", [0, 1, _CHUNK - 1, _CHUNK, _CHUNK + 1, 4 * _CHUNK, 4 * _CHUNK + 1, 9 * _CHUNK])
@pytest.mark.parametrize("piece", [1000, _CHUNK, 300_000])
def test_there_and_back(length: int, piece: int) -> None:
    content, file_key = os.urandom(length), os.urandom(16)
    sealed = b"".join(encrypted(cut(content, piece), file_key, to_key(PUBLIC, file_key)))
    assert pyrage.decrypt(sealed, [IDENTITY]) == content
    assert read(sealed, [str(IDENTITY)]) == ("success", content)
    assert read(pyrage.encrypt(content, [IDENTITY.to_public()]), [str(IDENTITY)]) == ("success", content)


def test_the_age_program_both_ways(tmp_path: Path) -> None:
    content, file_key = os.urandom(200_000), os.urandom(16)
    (tmp_path / "key").write_text(f"{IDENTITY}\n")
    (tmp_path / "ours.age").write_bytes(b"".join(encrypted([content], file_key, to_key(PUBLIC, file_key))))
    run = {"cwd": tmp_path, "capture_output": True}
    assert subprocess.run(["age", "-d", "-i", "key", "ours.age"], check=True, **run).stdout == content
    theirs = subprocess.run(["age", "-r", PUBLIC], check=True, input=content, **run).stdout
    assert read(theirs, [str(IDENTITY)]) == ("success", content)


def test_a_passphrase_costs_what_the_age_program_makes_it_cost() -> None:
    file_key = os.urandom(16)
    sealed = b"".join(encrypted([b"secret"], file_key, to_passphrase("six words", file_key)))
    assert pyrage.passphrase.decrypt(sealed, "six words") == b"secret"
    assert sealed.split(b"\n")[1].split()[0:4:3] == [b"->", b"18"]


@pytest.mark.parametrize("where", [0, 25, 40, 130, 220, _CHUNK, _CHUNK + 250, 2 * _CHUNK + 16, -17, -1])
def test_no_altered_byte_and_no_altered_length_passes(where: int) -> None:
    content, file_key = os.urandom(3 * _CHUNK), os.urandom(16)
    sealed = bytearray(b"".join(encrypted([content], file_key, to_key(PUBLIC, file_key))))
    position = where % len(sealed)
    damaged = sealed.copy()
    damaged[position] ^= 1
    for wrong in (damaged, sealed[:position], sealed[:position] + sealed[position + 1 :], sealed + sealed[position:]):
        ended, got = read(bytes(wrong), [str(IDENTITY)])
        assert ended != "success"
        assert content.startswith(got)
        assert len(got) % _CHUNK == 0


def test_the_wrong_key_is_told_from_damage() -> None:
    file_key = os.urandom(16)
    sealed = b"".join(encrypted([b"x"], file_key, to_key(PUBLIC, file_key)))
    other = str(pyrage.x25519.Identity.generate())
    assert read(sealed, [other]) == ("no match", b"")
    assert read(sealed, [other, str(IDENTITY)]) == ("success", b"x")


def test_a_header_without_end_is_not_read_to_its_end() -> None:
    assert read(b"age-encryption.org/v1\n" + b"-> X\n\n" * 100_000, [str(IDENTITY)]) == ("damaged", b"")
    assert read(b"age-encryption.org/v1\n-> " + b"x" * 10_000_000, [str(IDENTITY)]) == ("damaged", b"")
