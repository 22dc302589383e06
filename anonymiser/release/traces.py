"""Keys and places of this machine: no file that leaves may hold a byte of them."""

from __future__ import annotations

import io
import tempfile
import zipfile
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from anonymiser.errors import PolicyError

__all__ = ["local_places", "refuse_traces", "texts_in"]

_SHORTEST = 5


def local_places(*more: Path) -> tuple[bytes, ...]:
    """Folders of this machine whose names say where and by whom a file was made."""
    places = {Path.home(), Path.cwd(), Path(tempfile.gettempdir()), *more}
    return tuple(sorted(str(place).encode() for place in places if len(str(place)) >= _SHORTEST))


def texts_in(name: str, content: bytes) -> Iterator[bytes]:
    """What a file says: its bytes or, for a workbook, those of its unpacked parts."""
    if not name.endswith(".xlsx"):
        yield content
        return
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        for part in book.namelist():
            yield book.read(part)


def refuse_traces(files: Mapping[str, bytes], secrets: Iterable[bytes], places: Iterable[bytes]) -> None:
    """Look for keys (as bytes, hexadecimal or base64) and for folders of this machine.

    Parameters
    ----------
    files : mapping of str to bytes
        Contents by name. Each byte is looked at, also of the unpacked parts of a workbook.
    secrets : iterable of bytes
    places : iterable of bytes

    Raises
    ------
    PolicyError
        Something was found. The message names the file, never what was found.
    """
    keys = [form for secret in secrets for form in _forms(secret)]
    folders = list(places)
    for name, content in files.items():
        for part in (content, *texts_in(name, content)):
            if any(key in part for key in keys):
                raise PolicyError(f"A secret key stands in {name}. Nothing was written. Please report this.")
            if any(folder in part for folder in folders):
                raise PolicyError(
                    f"A folder of this computer is named in {name}. Nothing was written. Remove it from the texts that "
                    "describe the release."
                )


def _forms(secret: bytes) -> tuple[bytes, ...]:
    text = secret.hex().encode()
    return (secret, text, text.upper(), b64encode(secret).rstrip(b"="), urlsafe_b64encode(secret).rstrip(b"="))
