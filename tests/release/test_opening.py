import io
import json
import os
import shutil
import tarfile
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import pyrage
import pytest

from anonymiser.errors import OutputError, PackageError, SealError, TamperedError
from anonymiser.release.facts import ReleaseFacts
from anonymiser.release.keys import OwnerKeys
from anonymiser.release.manifest import hash_of, signed_manifest
from anonymiser.release.opening import OpeningKey, open_release
from anonymiser.release.package import make_release
from anonymiser.release.seal import NotSealed, SealToKey
from anonymiser.transform.released import ReleasedTable

IDENTITY = pyrage.x25519.Identity.generate()
TO_ME = SealToKey(str(IDENTITY.to_public()))
KEYS = OwnerKeys.fresh()


@pytest.fixture
def key(tmp_path: Path) -> OpeningKey:
    (tmp_path / "key.txt").write_text(f"{IDENTITY}\n")
    return OpeningKey(tmp_path / "key.txt")


@pytest.fixture
def sealed(table: ReleasedTable, facts: Callable[..., ReleaseFacts], tmp_path: Path) -> Path:
    return make_release(table, facts(), TO_ME, tmp_path / "out", raw=(), keys=KEYS, owner=TO_ME).release


@pytest.fixture
def plain(table: ReleasedTable, facts: Callable[..., ReleaseFacts], tmp_path: Path) -> Path:
    openly = facts(open_release=True, sensitive=(), qi_names=tuple(c.name for c in table.columns[:2]))
    small = ReleasedTable(table.columns[:2], table.dropped, table.source_rows, table.suppressed)
    return make_release(small, openly, NotSealed(), tmp_path / "plain", raw=(), keys=KEYS, owner=TO_ME).release


def refused(folder: Path, key: OpeningKey | None, error: type[PackageError], *words: str) -> str:
    out = folder.parent / "opened"
    before = sorted(folder.parent.rglob("*"))
    with pytest.raises(error) as caught:
        open_release(folder, out, key)
    assert sorted(folder.parent.rglob("*")) == before
    for word in words:
        assert word in str(caught.value)
    assert str(folder.parent) not in str(caught.value)
    return str(caught.value)


def sign_again(folder: Path, **changes: str) -> None:
    """What someone can do who has the owner's key: used to reach the checks behind the signature."""
    files = {
        p.relative_to(folder).as_posix(): hash_of(p)
        for p in folder.rglob("*")
        if p.is_file() and p.name not in ("manifest.json", "manifest.sig")
    }
    text, signature = signed_manifest(changes.get("release_id", "r2025-1"), date(2025, 11, 22), files, KEYS)
    (folder / "manifest.json").write_bytes(text)
    (folder / "manifest.sig").write_bytes(signature)


@pytest.mark.parametrize("name", ["payload.tar.age", "README_FIRST.md", "README_FIRST.html"])
@pytest.mark.parametrize("place", [0, 300, -1])
def test_an_altered_file_is_named(sealed: Path, key: OpeningKey, name: str, place: int) -> None:
    content = bytearray((sealed / name).read_bytes())
    content[place] ^= 1
    (sealed / name).write_bytes(content)
    refused(sealed, key, TamperedError, f"'{name}' was changed")


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig", "public_key.pem"])
def test_an_altered_signature_is_refused(sealed: Path, key: OpeningKey, name: str) -> None:
    content = bytearray((sealed / name).read_bytes())
    content[len(content) // 2] ^= 1
    (sealed / name).write_bytes(content)
    refused(sealed, key, TamperedError, name)
    (sealed / name).unlink()
    refused(sealed, key, TamperedError, name, "missing")


@pytest.mark.parametrize(
    "change", [lambda b: b[:-1], lambda b: b[:100], lambda _: b"", lambda b: b + b"x", lambda b: b + b]
)
def test_a_cut_or_longer_payload_is_refused(sealed: Path, key: OpeningKey, change: Callable[[bytes], bytes]) -> None:
    payload = sealed / "payload.tar.age"
    payload.write_bytes(change(payload.read_bytes()))
    refused(sealed, key, TamperedError, "'payload.tar.age' was changed")
    sign_again(sealed)
    refused(sealed, key, TamperedError, "'payload.tar.age'", "damaged")


def big_payload() -> bytes:
    """Four chunks of age and a bit, in order inside."""
    content = os.urandom(250_000)
    listed = {"release_id": "r2025-1", "files": {"x.bin": {"bytes": 250_000, "sha256": sha256(content).hexdigest()}}}
    archive = tar_of((member("hashes.json"), json.dumps(listed).encode()), (member("x.bin"), content))
    return pyrage.encrypt(archive, [IDENTITY.to_public()])


@pytest.mark.parametrize("place", [0, 40, 150, 300, 65_536 + 200, 70_000, -70_000, -20, -1])
def test_a_changed_bit_behind_a_good_signature_is_refused(sealed: Path, key: OpeningKey, place: int) -> None:
    content = bytearray(big_payload())
    (sealed / "payload.tar.age").write_bytes(content)
    sign_again(sealed)
    assert open_release(sealed, sealed.parent / "good", key).files == ("hashes.json", "x.bin")
    content[place] ^= 1
    (sealed / "payload.tar.age").write_bytes(content)
    sign_again(sealed)
    refused(sealed, key, PackageError)


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 2), (0, 1, 1, 2)])
def test_chunks_in_another_order_are_refused(sealed: Path, key: OpeningKey, order: tuple[int, ...]) -> None:
    content = big_payload()
    start = content.index(b"\n---") + content[content.index(b"\n---") + 1 :].index(b"\n") + 2 + 16
    chunk = 65_536 + 16
    parts = [content[start : start + chunk], content[start + chunk : start + 2 * chunk], content[start + 2 * chunk :]]
    (sealed / "payload.tar.age").write_bytes(content[:start] + b"".join(parts[i] for i in order))
    sign_again(sealed)
    refused(sealed, key, TamperedError, "'payload.tar.age'")


def test_added_missing_and_renamed_files_are_named(sealed: Path, key: OpeningKey) -> None:
    (sealed / "virus.exe").write_bytes(b"x")
    refused(sealed, key, TamperedError, "'virus.exe' is not part of it")
    (sealed / "virus.exe").unlink()
    (sealed / "README_FIRST.md").rename(sealed / "README.md")
    refused(sealed, key, TamperedError, "'README_FIRST.md' is missing", "'README.md' is not part of it")
    (sealed / "README.md").rename(sealed / "README_FIRST.md")
    (sealed / "payload.tar.age").unlink()
    refused(sealed, key, TamperedError, "'payload.tar.age' is missing")


def test_an_added_empty_folder_is_named(sealed: Path, key: OpeningKey) -> None:
    (sealed / "extras" / "more").mkdir(parents=True)
    refused(sealed, key, TamperedError, "'extras/more' is not part of it")


def test_nothing_is_opened_into_the_release_itself(sealed: Path, key: OpeningKey, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(sealed)
    for out in (sealed, sealed / "opened", sealed / "a" / ".." / "b", tmp_path / "link" / "opened"):
        with pytest.raises(OutputError, match="inside the release"):
            open_release(sealed, out, key)
    assert not (sealed / "opened").exists()


def test_links_are_no_files(sealed: Path, key: OpeningKey) -> None:
    shutil.move(sealed / "README_FIRST.md", sealed.parent / "elsewhere")
    (sealed / "README_FIRST.md").symlink_to(sealed.parent / "elsewhere")
    refused(sealed, key, TamperedError, "not a plain file")


def test_an_earlier_payload_in_a_later_release_is_refused(
    sealed: Path, key: OpeningKey, table: ReleasedTable, facts: Callable[..., ReleaseFacts], tmp_path: Path
) -> None:
    other = make_release(table, facts(release_id="r0"), TO_ME, tmp_path / "r0", raw=(), keys=KEYS, owner=TO_ME).release
    shutil.copy(other / "payload.tar.age", sealed / "payload.tar.age")
    refused(sealed, key, TamperedError, "'payload.tar.age' was changed")
    sign_again(sealed)
    refused(sealed, key, TamperedError, "another release")


def test_another_signer_is_seen_when_the_fingerprint_is_given(
    table: ReleasedTable, facts: Callable[..., ReleaseFacts], tmp_path: Path, key: OpeningKey
) -> None:
    made = make_release(table, facts(), TO_ME, tmp_path / "forged", raw=(), owner=TO_ME)
    with pytest.raises(TamperedError, match="another key"):
        open_release(made.release, tmp_path / "opened", key, fingerprint=KEYS.fingerprint)
    assert open_release(made.release, tmp_path / "opened", key, fingerprint=made.fingerprint.upper()).files


def test_wrong_keys_are_told_apart(sealed: Path, tmp_path: Path) -> None:
    refused(sealed, None, SealError, "private key")
    refused(sealed, OpeningKey(passphrase="x"), SealError, "sealed to a key")
    refused(sealed, OpeningKey(passphrase=" "), SealError, "empty")
    (tmp_path / "other").write_text(str(pyrage.x25519.Identity.generate()))
    refused(sealed, OpeningKey(tmp_path / "other"), SealError, "does not open")
    (tmp_path / "other").write_text("AGE-SECRET-KEY-1QQQ")
    assert "QQQ" not in refused(sealed, OpeningKey(tmp_path / "other"), SealError, "damaged")
    (tmp_path / "other").write_bytes(b"\xff\x00")
    refused(sealed, OpeningKey(tmp_path / "other"), SealError, "no age private key")
    refused(sealed, OpeningKey(tmp_path / "nowhere"), SealError, "cannot be read")


def test_a_key_file_may_itself_be_under_a_passphrase(sealed: Path, tmp_path: Path) -> None:
    path = tmp_path / "protected"
    path.write_bytes(pyrage.passphrase.encrypt(str(IDENTITY).encode(), "one two"))
    assert open_release(sealed, tmp_path / "opened", OpeningKey(path, "one two")).files
    refused(sealed, OpeningKey(path), SealError, "Give that, too")
    refused(sealed, OpeningKey(path, "three"), SealError, "wrong")


def test_the_folder_around_one_release_will_do(sealed: Path, key: OpeningKey, tmp_path: Path) -> None:
    assert open_release(sealed.parent, tmp_path / "a", key).release_id == "r2025-1"
    shutil.copytree(sealed, sealed.parent / "second")
    refused(sealed.parent, key, PackageError, "more than one")
    (tmp_path / "nothing").mkdir()
    refused(tmp_path / "nothing", key, PackageError, "no release")
    refused(tmp_path / "absent", key, PackageError, "no folder")


def test_a_used_folder_is_not_touched(sealed: Path, key: OpeningKey, tmp_path: Path) -> None:
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "mine").write_text("x")
    with pytest.raises(OutputError, match="not empty"):
        open_release(sealed, tmp_path / "used", key)
    assert [p.name for p in (tmp_path / "used").iterdir()] == ["mine"]
    (tmp_path / "new").mkdir()
    assert open_release(sealed, tmp_path / "new", key).folder == tmp_path / "new"


def test_an_open_release_is_checked_too(plain: Path) -> None:
    (plain / "data" / "records.csv").write_text("changed")
    refused(plain, None, TamperedError, "'data/records.csv' was changed")
    sign_again(plain)
    refused(plain, None, TamperedError, "Inside the release, 'data/records.csv' was changed")
    (plain / "data" / "records.csv").unlink()
    refused(plain, None, TamperedError, "'data/records.csv' is missing")
    sign_again(plain)
    refused(plain, None, TamperedError, "'data/records.csv' is missing or added")


def tar_of(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for member, content in members:
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, link
    return made


HASHES = (member("hashes.json"), json.dumps({"release_id": "r2025-1", "files": {}}).encode())
HOSTILE = {
    "climbs": [(member("../evil"), b"x")],
    "climbs inside": [(member("data/../../evil"), b"x")],
    "absolute": [(member("/tmp/evil"), b"x")],
    "drive": [(member("C:evil"), b"x")],
    "backslash": [(member("..\\evil"), b"x")],
    "empty": [(member(""), b"x")],
    "dot": [(member("./x"), b"x")],
    "hidden": [(member(".bashrc"), b"x")],
    "trailing dot": [(member("x."), b"x")],
    "control": [(member("a\nb"), b"x")],
    "symbolic link": [(member("a", tarfile.SYMTYPE, "/etc/passwd"), b"")],
    "link then file": [(member("a", tarfile.SYMTYPE, ".."), b""), (member("a/evil"), b"x")],
    "hard link": [(member("b"), b"x"), (member("a", tarfile.LNKTYPE, "b"), b"")],
    "device": [(member("a", tarfile.CHRTYPE), b"")],
    "pipe": [(member("a", tarfile.FIFOTYPE), b"")],
    "folder": [(member("a", tarfile.DIRTYPE), b"")],
    "sparse": [(member("a", tarfile.GNUTYPE_SPARSE), b"")],
    "twice": [(member("a"), b"x"), (member("a"), b"y")],
    "case": [(member("a"), b"x"), (member("A"), b"y")],
    "accent": [(member("é"), b"x"), (member("e\u0301"), b"y")],
    "file and folder": [(member("a"), b"x"), (member("a/b"), b"y")],
    "folder and file": [(member("a/b"), b"x"), (member("A"), b"y")],
    "not listed": [HASHES, (member("a"), b"x")],
    "no list": [(member("a"), b"x")],
    "many": [(member(f"f{i}"), b"") for i in range(201)],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_and_writes_nowhere(sealed: Path, key: OpeningKey, name: str) -> None:
    (sealed / "payload.tar.age").write_bytes(pyrage.encrypt(tar_of(*HOSTILE[name]), [IDENTITY.to_public()]))
    sign_again(sealed)
    refused(sealed, key, TamperedError)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no tar at all" * 100,
        tar_of(HASHES)[:700],
        tar_of(HASHES)[:512],
        tar_of(HASHES) + b"more",
        tar_of(HASHES) + tar_of((member("a"), b"x")),
        tar_of((member("hashes.json"), b"{" * 5000)),
        tar_of((member("hashes.json"), b'{"files": []}')),
        tar_of((member("hashes.json"), b"[" * 100_000)),
    ],
)
def test_a_damaged_archive_is_refused(sealed: Path, key: OpeningKey, content: bytes) -> None:
    (sealed / "payload.tar.age").write_bytes(pyrage.encrypt(content, [IDENTITY.to_public()]))
    sign_again(sealed)
    refused(sealed, key, TamperedError)


@pytest.mark.parametrize("name", ["../../evil", "/tmp/evil", "a\\b", "manifest.json/x"])
def test_a_hostile_name_in_the_signed_list_is_refused(sealed: Path, key: OpeningKey, name: str) -> None:
    text, signature = signed_manifest("r2025-1", date(2025, 11, 22), {name: (1, "0" * 64)}, KEYS)
    (sealed / "manifest.json").write_bytes(text)
    (sealed / "manifest.sig").write_bytes(signature)
    refused(sealed, key, TamperedError)


@pytest.mark.parametrize("text", [b"{}", b"[]", b"{", b"[" * 100_000, b'{"format": "halftone-release-1", "files": {}}'])
def test_a_signed_list_that_makes_no_sense_is_refused(sealed: Path, key: OpeningKey, text: bytes) -> None:
    (sealed / "manifest.json").write_bytes(text)
    (sealed / "manifest.sig").write_bytes(KEYS.signing.sign(text))
    refused(sealed, key, TamperedError, "manifest.json")


def test_an_enormous_list_is_not_read(sealed: Path, key: OpeningKey) -> None:
    with (sealed / "manifest.json").open("wb") as file:
        file.truncate(1 << 33)
    refused(sealed, key, TamperedError, "too large")
