"""Open a release: check everything first, then decrypt, and leave nothing when a check fails."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from anonymiser.errors import OutputError, PackageError, TamperedError
from anonymiser.release.contents import Progress
from anonymiser.release.files import plain_words, staging
from anonymiser.release.fingerprints import is_same
from anonymiser.release.manifest import MANIFEST, SIGNATURE, Manifest, hash_of, read_manifest
from anonymiser.release.package import IDENTITY, PAYLOAD
from anonymiser.release.payload import HASHES
from anonymiser.release.unpack import checked_name, refuse_collisions, unpack
from anonymiser.release.unseal import OpeningKey, identities_of, unsealed

__all__ = ["OpenResult", "OpeningKey", "open_release"]

_AGAIN = "Do not use this release; ask for it again."
_MAX_HASHES = 1 << 20
_NAMED = 3


@dataclass(frozen=True)
class OpenResult:
    """What was opened.

    Attributes
    ----------
    folder : Path
    release_id : str
    fingerprint : str
        Of the key that signed; compare it with the one that the owner told you.
    made : datetime
        When it was signed, by the owner's clock.
    files : tuple of str
    """

    folder: Path
    release_id: str
    fingerprint: str
    made: datetime
    files: tuple[str, ...]


def open_release(
    folder: Path,
    out: Path,
    key: OpeningKey | None = None,
    *,
    fingerprint: str | None = None,
    after: Path | date | None = None,
    progress: Progress = lambda _fraction, _words: None,
) -> OpenResult:
    """Verify a release and write its payload into a new folder.

    Parameters
    ----------
    folder : Path
        ``release_<id>``, or a folder with exactly one of those in it.
    out : Path
        A folder that does not exist, or an empty one.
    key : OpeningKey, optional
        Not needed for an open release.
    fingerprint : str, optional
        As the owner told it: all its words, or all its digits.
    after : Path or date, optional
        An earlier release of the same owner, or a day: an older one than that is refused. Nothing is remembered
        between two openings, so only the recipient knows which release came last.
    progress : callable

    Raises
    ------
    TamperedError
        The release is not what was signed. The message names the file.
    SealError
        The key or the passphrase is wrong, empty or missing.
    OutputError
        ``out`` is not empty or cannot be written. Nothing is left behind.
    PackageError
        There is no release, or there are several.
    InputError
        Only a part of a fingerprint was given.
    """
    folder = _release_in(folder)
    if Path(os.path.realpath(out)).is_relative_to(os.path.realpath(folder)):
        raise OutputError("What is opened must not lie inside the release. Choose a folder elsewhere.")
    progress(0.0, "Checking the signature")
    try:
        manifest = read_manifest(folder)
        _check_files(folder, manifest)
    except OSError as error:
        raise plain_words(error, "reading the release") from error
    if fingerprint is not None and not is_same(fingerprint, manifest.fingerprint):
        raise TamperedError(f"The release was signed with another key than the fingerprint you gave. {_AGAIN}")
    if after is not None:
        _check_newer(manifest, after)
    with staging(out, "opening the release") as stage:
        progress(0.3, "Opening")
        if PAYLOAD in manifest.files:
            found = _unseal(folder, manifest, key or OpeningKey(), stage)
        else:
            found = _copy(folder, manifest, stage)
        progress(0.9, "Checking what was inside")
        _check_hashes(stage, manifest.release_id, found)
        for path in stage.rglob("*"):
            if path.is_file():
                _to_disk(path)
    progress(1.0, "Done")
    return OpenResult(out, manifest.release_id, manifest.fingerprint, manifest.made, tuple(sorted(found)))


def _release_in(folder: Path) -> Path:
    if not folder.is_dir():
        raise PackageError(f"There is no folder '{folder.name}'. Give the folder that has '{MANIFEST}' in it.")
    if (folder / MANIFEST).exists() or folder.name.startswith("release_"):
        return folder
    inside = [path for path in folder.iterdir() if path.is_dir() and (path / MANIFEST).exists()]
    if len(inside) != 1:
        many = "more than one release" if inside else "no release"
        raise PackageError(f"'{folder.name}' has {many} in it. Give the folder that has '{MANIFEST}' in it.")
    return inside[0]


def _check_newer(manifest: Manifest, after: Path | date) -> None:
    """Refuse what was sent once more in place of something newer."""
    if isinstance(after, date):
        if (made := manifest.made.date()) < after:
            raise TamperedError(
                f"This release was made on {made.isoformat()}, before {after.isoformat()}: an older one. Ask for the "
                "newest."
            )
        return
    earlier = read_manifest(_release_in(after))
    if earlier.fingerprint != manifest.fingerprint:
        raise TamperedError(
            f"The release and the earlier one ({earlier.release_id}) were signed with different keys. {_AGAIN}"
        )
    if manifest.made <= earlier.made:
        raise TamperedError(
            f"This release ({manifest.release_id}) is not newer than the one you have ({earlier.release_id}). Ask for "
            "the newest."
        )


def _check_files(folder: Path, manifest: Manifest) -> None:
    """Every listed file and no other, each with its hash."""
    for name in manifest.files:
        checked_name(name, MANIFEST)
    refuse_collisions(manifest.files, MANIFEST)
    present: set[str] = set()
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(parent) / name
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise TamperedError(f"'{name}' is not a plain file. {_AGAIN}")
        empty = not (folders or files)  # a folder that no file needs was added
        present |= {(Path(parent) / name).relative_to(folder).as_posix() for name in ([""] if empty else files)}
    missing = manifest.files.keys() - present
    added = present - manifest.files.keys() - {MANIFEST, SIGNATURE}
    if missing or added:
        said = " and ".join(
            f"{_some(names)} {word}" for names, word in ((missing, "missing"), (added, "not part of it")) if names
        )
        raise TamperedError(f"The release is not as it was signed: {said}. {_AGAIN}")
    for name in manifest.files.keys() - {PAYLOAD}:
        _check_hash(name, hash_of(folder / name), manifest)


def _check_hash(name: str, found: tuple[int, str], manifest: Manifest) -> None:
    if found != manifest.files[name]:
        raise TamperedError(f"'{name}' was changed since it was signed. {_AGAIN}")


def _unseal(folder: Path, manifest: Manifest, key: OpeningKey, stage: Path) -> dict[str, tuple[int, str]]:
    """Decrypt, and hash the ciphertext meanwhile; what was decrypted stays in the stage until both are in order."""
    travelling = folder / IDENTITY if IDENTITY in manifest.files else None
    with ThreadPoolExecutor(1) as pool:
        hashing = pool.submit(hash_of, folder / PAYLOAD)
        try:
            with unsealed(folder / PAYLOAD, identities_of(key, travelling)) as stream:
                return unpack(stream, stage, PAYLOAD)
        finally:
            _check_hash(PAYLOAD, hashing.result(), manifest)  # says more than what decryption makes of a changed file


def _copy(folder: Path, manifest: Manifest, stage: Path) -> dict[str, tuple[int, str]]:
    """The payload of an open release: the files that its own list names."""
    if HASHES not in manifest.files:
        raise TamperedError(f"'{HASHES}' is missing. {_AGAIN}")
    names = [HASHES, *(name for name in _listed(folder / HASHES, manifest.release_id) if name in manifest.files)]
    for name in names:
        path = stage / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(folder / name, path, follow_symlinks=False)
    return {name: hash_of(stage / name) for name in names}


def _check_hashes(stage: Path, release_id: str, found: Mapping[str, tuple[int, str]]) -> None:
    if HASHES not in found:
        raise TamperedError(f"'{HASHES}' is missing inside the release. {_AGAIN}")
    listed = _listed(stage / HASHES, release_id)
    inside = found.keys() - {HASHES}
    if listed.keys() != inside:
        raise TamperedError(f"Inside the release, {_some(listed.keys() ^ inside)} missing or added. {_AGAIN}")
    for name, entry in listed.items():
        if found[name] != entry:
            raise TamperedError(f"Inside the release, '{name}' was changed. {_AGAIN}")


def _listed(path: Path, release_id: str) -> dict[str, tuple[int, str]]:
    with path.open("rb") as file:
        text = file.read(_MAX_HASHES)
    try:
        content = json.loads(text)
        files = {name: (entry["bytes"], entry["sha256"]) for name, entry in content["files"].items()}
        named = content["release_id"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise TamperedError(f"'{HASHES}' inside the release is damaged. {_AGAIN}") from error
    if named != release_id:
        raise TamperedError(f"Inside is the payload of another release than was signed. {_AGAIN}")
    return files


def _some(names: Iterable[str]) -> str:
    """A few file names in words, with the verb that fits."""
    ordered = sorted(names)
    shown = ", ".join(f"'{''.join(c if c.isprintable() else '?' for c in name)}'" for name in ordered[:_NAMED])
    more = f" and {len(ordered) - _NAMED} more" if len(ordered) > _NAMED else ""
    return f"{shown}{more} {'is' if len(ordered) == 1 else 'are'}"


def _to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
