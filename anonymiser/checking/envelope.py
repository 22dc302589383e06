"""What a file says about itself: authors, times, thumbnails, statistics, leftovers."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from typing import Any, Final

from anonymiser.checking.findings import Finding, Rule, many

__all__ = ["check_envelope"]

_ZIPPED: Final = (".xlsx", ".xlsm", ".docx", ".pptx", ".odt", ".ods", ".odp")
_PEOPLE: Final = ("creator", "lastModifiedBy", "Manager", "Company", "initial-creator")
_TIMES: Final = ("created", "modified", "lastPrinted", "creation-date", "date")
_NEUTRAL_ZIP: Final = {(1980, 1, 1, 0, 0, 0), (1980, 0, 0, 0, 0, 0)}
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_WORDS: Final = {b"tEXt", b"zTXt", b"iTXt", b"tIME", b"eXIf"}
_PARTS: Final = (
    (re.compile(r"thumbnail"), "a thumbnail picture of the document"),
    (re.compile(r"comments?(\d*\.xml|/)|threadedComments|commentAuthors"), "comments"),
    (re.compile(r"pivotCache"), "the rows behind a pivot table"),
    (re.compile(r"externalLinks?/"), "links to other workbooks"),
    (re.compile(r"embeddings/"), "an embedded file (charts carry their data in one)"),
    (re.compile(r"vbaProject"), "a macro"),
    (re.compile(r"revisions/|people\.xml"), "who changed what"),
    (re.compile(r"customXml/|docProps/custom\.xml"), "custom properties"),
)
_HTML_META: Final = re.compile(
    r"<meta[^>]+name\s*=\s*[\"']?(author|date|generator|creator|last-modified)", re.IGNORECASE
)
_HTML_ACTIVE: Final = re.compile(
    r"<script|<iframe|<object|<embed|\son\w+\s*=|javascript:|(?:src|poster)\s*=\s*[\"']?(?:https?:)?//|"
    r"<link[^>]+href\s*=\s*[\"']?(?:https?:)?//|@import|url\(\s*[\"']?(?:https?:)?//",
    re.IGNORECASE,
)


def check_envelope(file: str, content: bytes) -> Iterator[Finding]:
    """Look at everything in a file that is not its text.

    Dates are allowed at midnight only: the day of a release is no secret, the minute of somebody's work is.
    """
    name = file.casefold()
    if name.endswith(_ZIPPED):
        yield from _office(file, content)
    elif name.endswith(".png"):
        yield from _png(file, content)
    elif name.endswith((".jpg", ".jpeg")):
        if b"Exif\x00\x00" in content[:65_536] or b"http://ns.adobe.com/xap" in content[:65_536]:
            yield _found(file, "", "It carries the camera's notes (EXIF): place, time, device. Save it without them.")
    elif name.endswith(".pdf"):
        yield from _pdf(file, content)
    elif name.endswith(".parquet"):
        yield from _parquet(file, content)
    elif name.endswith((".html", ".htm", ".svg")):
        yield from _web(file, content)


def _found(file: str, place: str, sentence: str, rule: Rule = Rule.METADATA) -> Finding:
    return Finding(rule, file, "", place, sentence)


def _office(file: str, content: bytes) -> Iterator[Finding]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile:
        return
    with archive:
        names = archive.namelist()
        for pattern, what in _PARTS:
            if any(pattern.search(name) for name in names):
                yield _found(file, "", f"It holds {what}. Take it out.")
        if any(entry.date_time not in _NEUTRAL_ZIP for entry in archive.infolist()):
            yield _found(file, "", "Its parts carry the time at which they were written. Save it without.")
        for name in names:
            if name.startswith("docProps/") or name == "meta.xml":
                yield from _properties(file, name, archive.read(name))
        if "xl/sharedStrings.xml" in names:
            yield from _workbook(file, archive, names)


def _properties(file: str, part: str, content: bytes) -> Iterator[Finding]:
    from lxml import etree

    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return
    for element in root.iter(etree.Element):
        tag, text = element.tag.rpartition("}")[2], (element.text or "").strip()
        if tag in _PEOPLE and text:
            yield _found(file, part, f"It names a person or a firm ({tag}). Empty the field.")
        if tag in _TIMES and text and not re.search(r"T00:00:00(\.0+)?Z?$|^\d{4}-\d{2}-\d{2}$", text):
            yield _found(file, part, f"It says to the second when it was made ({tag}). Empty the field.")


def _workbook(file: str, archive: zipfile.ZipFile, names: list[str]) -> Iterator[Finding]:
    """Texts that no cell uses any more, hidden sheets, formulas and links."""
    texts = len(re.findall(rb"<si[ >/]", archive.read("xl/sharedStrings.xml")))
    used: set[bytes] = set()
    formulas = links = False
    for name in (name for name in names if name.startswith("xl/worksheets/") and name.endswith(".xml")):
        sheet = archive.read(name)
        used.update(re.findall(rb't="s"[^>]*><v>(\d+)</v>', sheet))
        formulas |= bool(re.search(rb"<f[ >/]", sheet))
        links |= b"<hyperlink" in sheet
    if texts > len(used):
        yield _found(
            file, "xl/sharedStrings.xml",
            f"{many(texts - len(used), 'text')} stored that no cell shows: what was deleted can be read. Write "
            "it anew.",
            Rule.LEFTOVER,
        )  # fmt: skip
    if formulas:
        yield _found(file, "", "Cells are computed by formulas. Store their values.", Rule.FORMULA)
    if links:
        yield _found(file, "", "Cells are links. Store their text.", Rule.ACTIVE)
    if re.search(rb'state="(?:veryH|h)idden"', archive.read("xl/workbook.xml")):
        yield _found(file, "xl/workbook.xml", "It has hidden sheets. Delete them.")


def _png(file: str, content: bytes) -> Iterator[Finding]:
    place = len(_PNG)
    while content.startswith(_PNG) and place + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        if kind in _PNG_WORDS:
            yield _found(file, "", "The picture carries words or a time beside its dots. Save it without them.")
            return
        place += length + 12


def _pdf(file: str, content: bytes) -> Iterator[Finding]:
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError:
        yield _found(file, "", "The PDF cannot be read, so it cannot be checked.")
        return
    try:
        about = document.get_metadata_dict(skip_empty=True)
        attachments = document.count_attachments()
    finally:
        document.close()
    if about.get("Author"):
        yield _found(file, "", "It names its author. Empty the field.")
    for field in ("CreationDate", "ModDate"):
        if about.get(field) and "000000" not in about[field][8:]:
            yield _found(file, "", f"It says to the second when it was made ({field}). Empty the field.")
    if attachments:
        yield _found(file, "", "It has files attached. Take them out.")


def _parquet(file: str, content: bytes) -> Iterator[Finding]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        parquet = pq.ParquetFile(pa.BufferReader(content))
        about = parquet.metadata
    except (pa.ArrowException, OSError):
        yield _found(file, "", "The Parquet file cannot be read, so it cannot be checked.")
        return
    groups = [about.row_group(i).column(j) for i in range(about.num_row_groups) for j in range(about.num_columns)]
    with_limits = {c.path_in_schema for c in groups if c.is_stats_set and c.statistics.has_min_max}
    if with_limits:
        yield _found(
            file, "", f"It states the smallest and largest value of {many(len(with_limits), 'column')}. Write "
            "it without statistics.", Rule.EXTREME,
        )  # fmt: skip
    if about.metadata and set(about.metadata) - {b"ARROW:schema"}:
        yield _found(file, "", "It carries notes of the program that wrote it, such as its index. Write it without.")
    left = _leftovers(content, parquet.schema_arrow)
    if left:
        yield _found(
            file, "", f"{many(left, 'column')} with categories that no row has: what was left out can be "
            "read. Write plain texts.", Rule.LEFTOVER,
        )  # fmt: skip


def _leftovers(content: bytes, schema: Any) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = [f.name for f in schema if pa.types.is_dictionary(f.type) or pa.types.is_string(f.type)]
    table = pq.read_table(pa.BufferReader(content), columns=names, read_dictionary=names)
    count = 0
    for name in names:
        for chunk in table.column(name).chunks:
            used = chunk.indices.drop_null().unique()
            if len(used) < len(chunk.dictionary):
                count += 1
                break
    return count


def _web(file: str, content: bytes) -> Iterator[Finding]:
    text = content.decode("utf-8", errors="ignore")
    if _HTML_META.search(text):
        yield _found(file, "", "Its head names an author, a date or a program. Take it out.")
    if "<!--" in text:
        yield _found(file, "", "It holds comments that no reader sees. Take them out.")
    if _HTML_ACTIVE.search(text):
        yield _found(file, "", "It runs a script or asks another host. Take that out.", Rule.ACTIVE)
