"""Where the record lies, and where its state was noted elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from anonymiser.audit.check import Anchor

__all__ = ["anchor_of", "anchors_in", "folder_of"]

_MANIFEST = "manifest.json"
_MOST_BYTES = 1 << 20


def folder_of(home: Path) -> Path:
    """The record's folder in the owner's folder."""
    return home / "audit"


def anchor_of(release: Path) -> Anchor | None:
    """What a release says about the record at the moment when it was made; None where it says nothing."""
    try:
        with (release / _MANIFEST).open("rb") as file:
            content = json.loads(file.read(_MOST_BYTES))
        noted = content["audit"]
        return Anchor(f"release {content['release_id']}", int(noted["entries"]), str(noted["head"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def anchors_in(home: Path) -> Iterator[Anchor]:
    """What every release that was made in the owner's folder says."""
    for release in sorted((home / "releases").glob("*/release_*")):
        anchor = anchor_of(release) if release.is_dir() else None
        if anchor is not None:
            yield anchor
