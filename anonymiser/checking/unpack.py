"""From a file's bytes to its tables and sentences."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final

from anonymiser.checking.findings import Finding, Rule, many
from anonymiser.checking.grids import Grid, GridColumn
from anonymiser.errors import ReadError
from anonymiser.reading.guard import check_expansion

__all__ = ["Unpacked", "unpack"]

_DELIMITERS: Final = ",;\t|"
_PACKED: Final = frozenset(("xlsx", "xlsm", "docx", "pptx"))
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass
class Unpacked:
    """What a file holds.

    Attributes
    ----------
    grids : list of Grid
    text : str
        Its sentences, without its tables.
    findings : list of Finding
        What was seen on the way, such as outputs in a notebook.
    seen : str
        What could be looked at, in words; empty where nothing could.
    """

    grids: list[Grid] = field(default_factory=list)
    text: str = ""
    findings: list[Finding] = field(default_factory=list)
    seen: str = ""


def unpack(file: str, content: bytes) -> Unpacked:
    """Tables and sentences of a file, by the ending of its name.

    Raises
    ------
    ReadError
        The file is not what its name says.
    """
    ending = file.casefold().rpartition(".")[2]
    if file.rpartition("/")[2].casefold() in {"licence", "license", "readme"}:
        ending = "txt"
    if ending in _PACKED:
        _refuse_bombs(file, content)
    if ending not in _READERS:
        return Unpacked(seen="signature or key" if ending in {"sig", "pem"} else "")
    try:
        return _READERS[ending](file, content)
    except ReadError:
        raise
    except Exception as error:  # noqa: BLE001 - many libraries, one meaning
        raise ReadError(f"{file} cannot be read as its name says ({type(error).__name__}).") from None


def _refuse_bombs(file: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise ReadError(f"{file} is not the office file that its name says.") from None
    check_expansion(file, len(content), unpacked)


def _csv(file: str, content: bytes) -> Unpacked:
    import pyarrow as pa

    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16", errors="replace").encode()
    if b"\x00" in content[:4096]:
        raise ReadError(f"{file} is no text, so it cannot be read as a table.")
    if not content.strip():
        raise ReadError(f"{file} is empty: there is nothing to check.")
    text = content if _is_utf8(content) else content.decode("cp1252", errors="replace").encode()
    text = text.removeprefix(b"\xef\xbb\xbf")
    first = text.split(b"\n", 1)[0].decode("utf-8")
    delimiter = "\t" if file.casefold().endswith(".tsv") else max(_DELIMITERS, key=first.count)
    names = next(csv.reader([first.rstrip("\r")], delimiter=delimiter))
    try:
        table = _read_arrow(text, names, delimiter)
    except pa.ArrowInvalid:
        return _with_lines_around(file, text.decode("utf-8"))
    return Unpacked([_grid_of(file, "", table, names)], seen="table")


def _read_arrow(text: bytes, names: list[str], delimiter: str) -> Any:
    import pyarrow as pa
    import pyarrow.csv as pa_csv

    return pa_csv.read_csv(
        pa.BufferReader(text),
        read_options=pa_csv.ReadOptions(column_names=[str(j) for j in range(len(names))], skip_rows=1),
        parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True,
                                          ignore_empty_lines=len(names) > 1),
        convert_options=pa_csv.ConvertOptions(
            column_types={str(j): pa.string() for j in range(len(names))}, strings_can_be_null=True, null_values=[""],
            quoted_strings_can_be_null=True,
        ),
    )  # fmt: skip


def _with_lines_around(file: str, text: str) -> Unpacked:
    """A table with lines before, between and behind its rows, or rows of unequal length: titles, sources, remarks.

    The rows are the lines of at least two cells; what stands alone in a line is read as a sentence.
    """
    delimiter = max(_DELIMITERS, key=text.count)
    lines = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    rows = [row for row in lines if sum(map(bool, row)) > 1]
    alone = [cell for row in lines if sum(map(bool, row)) <= 1 for cell in row if cell]
    found = Unpacked(text="\n".join(alone), seen="table")
    if rows:
        width = max(map(len, rows))
        found.grids.append(Grid.of(file, "", [*rows[0], *[""] * (width - len(rows[0]))], rows[1:]))
    return found


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _parquet(file: str, content: bytes) -> Unpacked:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(pa.BufferReader(content))
    return Unpacked([_grid_of(file, "", table, table.column_names)], seen="table")


def _grid_of(file: str, name: str, table: Any, names: list[str]) -> Grid:
    """An Arrow table as a grid; each different text is kept once."""
    import pyarrow as pa

    columns = []
    for column, title in zip(table.columns, names, strict=True):
        texts = column.cast(pa.string()).combine_chunks().dictionary_encode()
        codes = texts.indices.fill_null(len(texts.dictionary)).to_numpy(zero_copy_only=False)
        columns.append(GridColumn(title.strip(), tuple(texts.dictionary.to_pylist()), codes))
    return Grid(file, name, tuple(columns))


def _xlsx(file: str, content: bytes) -> Unpacked:
    import openpyxl
    from openpyxl.utils.escape import unescape

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    found = Unpacked(seen="workbook")
    for sheet in book.worksheets:
        rows = [
            ["" if cell is None else unescape(str(cell)) for cell in row] for row in sheet.iter_rows(values_only=True)
        ]
        rows = [row for row in rows if any(row)]
        if len(rows) > 1 and any(sum(map(bool, row)) > 1 for row in rows):  # titles and sources stand alone in a row
            found.text += "".join(f"{cell}\n" for row in rows if sum(map(bool, row)) == 1 for cell in row if cell)
            rows = [row for row in rows if sum(map(bool, row)) > 1]
        if rows:
            found.grids.append(Grid.of(file, sheet.title, rows[0], rows[1:]))
    book.close()
    return found


class _Page(HTMLParser):
    """Tables and sentences of a web page; code stands apart."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = file
        self.grids: list[Grid] = []
        self.words: list[str] = []
        self._skipped = 0
        self._heading = ""
        self._in_heading = False
        self._rows: list[list[str]] | None = None
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"style", "script", "pre", "code", "svg"}:
            self._skipped += 1
        elif tag == "table":
            self._rows = []
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in {"td", "th"}:
            self._cell = []
        elif re.fullmatch("h[1-6]", tag):
            self._heading, self._in_heading = "", True
            self.words.append("\n")
        elif tag in {"p", "li", "div", "br", "dt", "dd", "section", "figcaption"}:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"style", "script", "pre", "code", "svg"}:
            self._skipped = max(0, self._skipped - 1)
        elif tag in {"td", "th"} and self._rows and self._cell is not None:
            self._rows[-1].append(" ".join("".join(self._cell).split()))
            self._cell = None
        elif tag == "table" and self._rows is not None:
            if self._rows and self._rows[0]:
                self.grids.append(Grid.of(self.file, self._heading.strip(), self._rows[0], self._rows[1:], sheet=False))
            self._rows = None
        elif re.fullmatch("h[1-6]", tag):
            self._in_heading = False
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)
        elif not self._skipped:
            self.words.append(data)
            if self._in_heading:
                self._heading += data


def _html(file: str, content: bytes) -> Unpacked:
    page = _Page(file)
    page.feed(content.decode("utf-8", errors="replace"))
    return Unpacked(page.grids, "".join(page.words), seen="page")


def _markdown(file: str, content: bytes) -> Unpacked:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    found = _html(file, reader.render(content.decode("utf-8", errors="replace")).encode())
    found.seen = "document"
    return found


def _text(file: str, content: bytes) -> Unpacked:
    text = content.decode("utf-8", errors="replace")
    lines = [line for line in text.splitlines() if line.strip()]
    if file.casefold().endswith(".txt") and len(lines) > 1:
        for delimiter in _DELIMITERS:
            if lines[0].count(delimiter) and len({line.count(delimiter) for line in lines}) == 1:
                return _csv(file, content)
    return Unpacked(text=text, seen="text")


def _json(_file: str, _content: bytes) -> Unpacked:
    return Unpacked(seen="description")


def _notebook(file: str, content: bytes) -> Unpacked:
    found = Unpacked(seen="notebook")
    outputs, texts = 0, []
    for cell in json.loads(content).get("cells", []):
        source = cell.get("source", "")
        source = source if isinstance(source, str) else "".join(source)
        outputs += bool(cell.get("outputs"))
        if cell.get("cell_type") == "markdown":
            part = _markdown(file, source.encode())
            found.grids += part.grids
            texts.append(part.text)
        else:
            texts.append(source)
    found.text = "\n".join(texts)
    if outputs:
        found.findings.append(
            Finding(
                Rule.METADATA,
                file,
                "",
                "",
                f"{many(outputs, 'cell')} with outputs, which may show rows. Clear all outputs.",
            )
        )
    return found


def _pptx(file: str, content: bytes) -> Unpacked:
    from pptx import Presentation

    found, texts = Unpacked(seen="slides"), []
    for number, slide in enumerate(Presentation(io.BytesIO(content)).slides, start=1):
        if slide._element.get("show") == "0":  # noqa: SLF001 - the library has no name for it
            found.findings.append(Finding(Rule.METADATA, file, "", f"slide {number}", "It is hidden. Delete it."))
        for shape in slide.shapes:
            if shape.has_text_frame:
                texts.append(shape.text_frame.text)
            if shape.has_table:
                rows = [[cell.text for cell in row.cells] for row in shape.table.rows]
                found.grids.append(Grid.of(file, f"slide {number}", rows[0], rows[1:], sheet=False))
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            texts.append(slide.notes_slide.notes_text_frame.text)
    found.text = "\n".join(texts)
    return found


def _docx(file: str, content: bytes) -> Unpacked:
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body = etree.fromstring(
            archive.read("word/document.xml"), etree.XMLParser(resolve_entities=False, no_network=True)
        )
    found = Unpacked(seen="document")
    in_tables: set[int] = set()
    for number, table in enumerate(body.iter(f"{_W}tbl"), start=1):
        rows = [
            ["".join(t.text or "" for t in cell.iter(f"{_W}t")) for cell in row.iter(f"{_W}tc")]
            for row in table.iter(f"{_W}tr")
        ]
        in_tables.update(id(p) for p in table.iter(f"{_W}p"))
        if rows:
            found.grids.append(Grid.of(file, f"table {number}", rows[0], rows[1:], sheet=False))
    paragraphs = (p for p in body.iter(f"{_W}p") if id(p) not in in_tables)
    found.text = "\n".join("".join(t.text or "" for t in p.iter(f"{_W}t")) for p in paragraphs)
    return found


def _pdf(_file: str, content: bytes) -> Unpacked:
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(content)
    try:
        texts = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return Unpacked(text="\n".join(text.replace("\r\n", " ") for text in texts), seen="sentences, not its tables")


def _picture(_file: str, _content: bytes) -> Unpacked:
    return Unpacked(seen="picture: not what it shows")


_READERS: Final[dict[str, Callable[[str, bytes], Unpacked]]] = {
    "csv": _csv,
    "tsv": _csv,
    "parquet": _parquet,
    "xlsx": _xlsx,
    "xlsm": _xlsx,
    "md": _markdown,
    "html": _html,
    "htm": _html,
    "txt": _text,
    "py": _text,
    "json": _json,
    "ipynb": _notebook,
    "pptx": _pptx,
    "docx": _docx,
    "pdf": _pdf,
    "png": _picture,
    "jpg": _picture,
    "jpeg": _picture,
    "svg": _html,
}
