"""The private archive: what the owner keeps to make the release again and to answer for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyrage
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from anonymiser.release import pseudonymise
from anonymiser.release.facts import ReleaseFacts
from anonymiser.release.files import write_whole
from anonymiser.release.keys import OwnerKeys, ReleaseKey
from anonymiser.release.payload import Payload
from anonymiser.release.seal import Seal, seal_stream
from anonymiser.release.streams import tar_stream

__all__ = ["ARCHIVE", "add_supporting", "write_supporting"]

ARCHIVE = "supporting.tar.age"
_README = """# Supporting material of release {release}: never leaves

`{archive}` has the keys of the release, the recipe, the decisions with their reasons and the method of the pseudonyms.
It is sealed {to}. To open it, in this folder:

    umask 077 && mkdir opened
    {command} -o opened/supporting.tar {archive} &&
    tar -xf opened/supporting.tar -C opened

The keys inside (`keys/keys.json.age`) have a seal of their own, to the same key, so that they stay wrapped when the
archive lies open:

    {command} -o opened/keys.json opened/keys/keys.json.age

Whoever has them can recompute every pseudonym. Keep this folder apart from the release, and lose neither it nor the
{secret}: nobody can restore them.
"""


def add_supporting(
    files: Payload,
    facts: ReleaseFacts,
    transformations: str,
    keys: tuple[OwnerKeys | None, ReleaseKey],
    seal: Seal,
    *,
    more: Mapping[str, bytes] | None = None,
) -> None:
    """Put the archive's files together.

    Parameters
    ----------
    files : Payload
        An empty one.
    facts : ReleaseFacts
    transformations : str
        As in the release.
    keys : tuple of (OwnerKeys or None, ReleaseKey)
        The owner's keys only when no vault keeps them.
    seal : Seal
        To the owner.
    more : mapping of str to bytes, optional
        Slides, report and notebook, by name.
    """
    files.add("keys/keys.json.age", pyrage.encrypt(_keys_file(*keys), [seal.recipient]))
    files.add("pseudonymise.py", Path(pseudonymise.__file__).read_text("utf-8"))
    files.add("recipe.json", facts.recipe_json)
    files.add("decisions.json", facts.decisions_json)
    files.add("TRANSFORMATIONS.md", transformations)
    about = {
        "release_id": facts.release_id,
        "recipient": facts.recipient,
        "created": facts.created.isoformat(),
        "input_sha256": facts.input_fingerprint,
        "input_rows": facts.input_rows,
        "form": facts.form.value,
        "sample_fraction": facts.sample_fraction,
        "reidentification_table": facts.reidentification,
        "halftone": facts.version,
    }
    files.add("release.json", json.dumps(about, indent=2, ensure_ascii=False) + "\n")
    for name, content in (more or {}).items():
        files.add(name, content)


def write_supporting(files: Payload, facts: ReleaseFacts, folder: Path, seal: Seal, modified: int) -> None:
    """Seal the archive into a folder with mode 0700."""
    folder.mkdir(mode=0o700)
    stream: Iterator[bytes] = tar_stream(files, modified, facts.release_id)
    seal_stream(stream, folder / ARCHIVE, seal.recipient, lambda _: None)
    if seal.identity_file is not None:
        write_whole(folder / "identity.age", seal.identity_file, mode=0o600)
        to, command, secret = "under the owner's passphrase", "age -d -i identity.age", "passphrase"
    else:
        to, command, secret = "to the owner's age key", "age -d -i KEYFILE", "private key"
    text = _README.format(release=facts.release_id, archive=ARCHIVE, to=to, command=command, secret=secret)
    write_whole(folder / "README.md", text.encode(), mode=0o600)


def _keys_file(owner: OwnerKeys | None, release: ReleaseKey) -> bytes:
    content = {"release_key": release.secret.hex()}
    if owner is not None:
        pem = owner.signing.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        content |= {"master_key": owner.master.hex(), "signing_key": pem.decode()}
    return json.dumps(content, indent=2).encode() + b"\n"
