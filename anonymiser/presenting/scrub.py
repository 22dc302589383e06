"""Office files without authors, minutes and thumbnails."""

from __future__ import annotations

import html
import io
import re
import zipfile
from typing import Final

__all__ = ["scrubbed"]

_CORE: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></cp:coreProperties>'
)
_APP: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)
_THUMBNAIL: Final = re.compile(rb"<Relationship [^>]*thumbnail[^>]*/>")
_PRINTER: Final = re.compile(rb"<Relationship [^>]*printerSettings[^>]*/>")


def scrubbed(content: bytes, title: str) -> bytes:
    """An office file with nothing in its properties but a title; its parts carry no time.

    Parameters
    ----------
    content : bytes
    title : str
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if "thumbnail" in name or "printerSettings" in name:
                continue
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _CORE.format(title=html.escape(title)).encode()
            elif name == "docProps/app.xml":
                part = _APP.encode()
            elif name.endswith(".rels"):
                part = _PRINTER.sub(b"", _THUMBNAIL.sub(b"", part))
            entry = zipfile.ZipInfo(name)  # of 1980: no time of this machine
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, part)
    return buffer.getvalue()
