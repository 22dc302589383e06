"""Make the data of a release again, from the input, the recipe and the key of the release."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

from anonymiser.errors import InputError
from anonymiser.policy import Policy
from anonymiser.project import Project
from anonymiser.release.cells import with_safe_names
from anonymiser.release.contents import Commission, fill
from anonymiser.release.keys import ReleaseKey
from anonymiser.release.payload import Payload
from anonymiser.releasing import Particulars, facts_of, pseudonym_requests
from anonymiser.releasing.outline import counted

__all__ = ["key_in", "reproduce"]


def reproduce(project: Project, release: Mapping[str, Any], policy: Mapping[str, Any], key: str) -> dict[str, bytes]:
    """The data files of a release, byte for byte as they left.

    Parameters
    ----------
    project : Project
        The input with the release's recipe.
    release : mapping
        ``release.json`` of the private archive: id, recipient and date.
    policy : mapping
        The policy as ``decisions.json`` of the private archive has it.
    key : str
        The key of the release, hexadecimal, from ``keys/keys.json`` of the private archive.

    Returns
    -------
    dict of str to bytes
        ``data/….csv`` and ``data/….parquet``.

    Raises
    ------
    InputError
        The input is not the one that was released, or the archive's files are damaged.
    """
    try:
        wanted, rules, secret = str(release["input_sha256"]), Policy.model_validate(dict(policy)), bytes.fromhex(key)
        particulars = Particulars(
            release_id=str(release["release_id"]),
            title="Made again",
            purpose="To check the release.",
            owner="The owner",
            contact="The owner",
            recipient=str(release["recipient"]),
            created=date.fromisoformat(str(release["created"])),
        )
    except (KeyError, TypeError, ValueError):
        raise InputError("The files of the private archive are damaged, or are not those of a release.") from None
    if project.microdata.fingerprint != wanted:
        raise InputError("This is not the file that was released: its SHA-256 is another.")
    key_of_release = ReleaseKey(secret)
    with project.drafts.drawing_from(key_of_release.step) if project.recipe.methods else nullcontext():
        table = project.released(counted(project.recipe))
    facts = with_safe_names(facts_of(project, particulars, rules, table))
    with tempfile.TemporaryDirectory() as folder, Payload(Path(folder)) as payload:
        requests = pseudonym_requests(project)
        fill(payload, Commission(table, facts, key_of_release, requests, lambda _fraction, _words: None))
        return {name: payload.read(name) for name in payload.names if name.startswith("data/")}


def key_in(text: str | bytes) -> str:
    """The key of the release in ``keys/keys.json``.

    Raises
    ------
    InputError
        There is none.
    """
    try:
        return str(json.loads(text)["release_key"])
    except (KeyError, TypeError, ValueError):
        raise InputError("The file of keys has no key of a release.") from None
