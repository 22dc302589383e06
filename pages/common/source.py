"""Where the table comes from: a file that is uploaded, one on this machine, or the sample."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Final

import streamlit as st

from anonymiser.access import Right
from anonymiser.errors import AnonymiserError
from anonymiser.microdata import Microdata
from anonymiser.project import Project
from anonymiser.reading import ReadOptions, read
from pages.common import access, opening, state
from pages.common.desk import desk
from pages.common.words import escape

__all__ = ["found", "opener"]

_TYPES: Final = ("csv", "tsv", "txt", "xlsx", "xlsm", "parquet", "pq", "jsonl", "ndjson", "json")
_TEXT: Final = (".csv", ".tsv", ".txt")
_LONGEST: Final = 300
_MEMORY: Final = (
    "An upload stays on this machine: in memory until you close the page, and above 1 MB for a moment in the folder "
    "for temporary files. A path is read where it is."
)
_DELIMITERS: Final = {"as found": None, "comma": ",", "semicolon": ";", "tab": "\t", "bar |": "|"}
_ENCODINGS: Final = {"as found": None, "UTF-8": "utf-8", "Windows (Western)": "cp1252", "UTF-16": "utf-16"}
_HEADERS: Final = {"as found": None, "names of columns": True, "already a record": False}


def found(project: Project) -> None:
    """What we hold and how it was read, in a sentence."""
    table = project.microdata
    notes = table.report.notes if table.report else ()
    st.markdown(
        f"**{escape(table.name)}** holds {table.rows:,} records in {len(table.names):,} columns. "
        + escape(" ".join(notes), _LONGEST)
    )


def opener() -> None:
    """The button that opens another table."""
    kind = "primary" if state.is_sample() else "secondary"
    st.button(
        "Open a table", key="open-table", icon=":material/folder_open:", type=kind, on_click=_opening, args=(True,)
    )
    if desk().opening:
        _dialog()


def _opening(opening: bool = False) -> None:  # noqa: FBT001, FBT002 - called by Streamlit
    """Remember whether the dialog is open: the page may be drawn anew behind it."""
    desk().opening = opening
    desk().candidates.clear()


@st.dialog("Open a table", width="medium", icon=":material/folder_open:", on_dismiss=_opening)
def _dialog() -> None:
    upload = st.file_uploader("A table about people: CSV, Excel, Parquet or JSON lines", _TYPES, key="upload")
    st.caption(_MEMORY)
    try:
        if upload is not None:
            _candidate((upload.file_id,), upload.getvalue(), upload.name)
            return
        path = _path()
        if path.strip():
            file = Path(path.strip().strip("\"'")).expanduser()
            _candidate((str(file), file.stat().st_mtime_ns if file.is_file() else 0), file, file.name)
            return
    except AnonymiserError as error:
        st.error(escape(error, _LONGEST), icon=":material/error:")
    if st.button("Use the sample: 1,000 made-up customers", key="use-sample", type="tertiary"):
        opening.open_sample()
        st.rerun()


def _path() -> str:
    """A file on this machine, where its reader is at this machine: nobody else chooses among the server's files."""
    if access.is_on():
        return ""
    return st.text_input("Or a file on this machine", key="path", placeholder="/home/me/customers.csv")


@access.needs(Right.TUNE)
def _candidate(stamp: tuple[Hashable, ...], content: bytes | Path, name: str) -> None:
    """Read the file, show what was found, open it when asked to."""
    found_in, choices = st.container(), st.container()
    with choices:
        options = _options() if Path(name).suffix.lower() in _TEXT else ReadOptions()
    with found_in:
        table = _read(stamp, content, name, options)
        sheets, sheet = (table.report.sheets, table.report.sheet) if table.report else ((), None)
        if len(sheets) > 1:
            chosen = st.selectbox("Sheet", sheets, sheets.index(sheet or sheets[0]), key=f"sheet-{name}")
            if chosen != sheet:
                table = _read(stamp, content, name, ReadOptions(sheet=chosen))
        _summary(table)
        if st.button("Open this table", key="open-this", type="primary", icon=":material/check:"):
            with st.spinner("Looking at the columns …"):
                opening.open_table(table)
            st.rerun()


def _read(stamp: tuple[Hashable, ...], content: bytes | Path, name: str, options: ReadOptions) -> Microdata:
    """Read a file, once for each way of reading it."""
    known = desk().candidates
    if any(key[0] != stamp for key in known):
        known.clear()
    if (stamp, options) not in known:
        with st.spinner("Reading the table …"):
            known[stamp, options] = read(content, name=name, options=options)
    return known[stamp, options]


def _options() -> ReadOptions:
    """Choices for a text table that was not read as it should be."""
    with st.expander("Do the columns look wrong?", icon=":material/build:"):
        delimiter, encoding, header = st.columns(3)
        return ReadOptions(
            delimiter=_DELIMITERS[delimiter.selectbox("Between the cells", _DELIMITERS, key="delimiter")],
            encoding=_ENCODINGS[encoding.selectbox("Characters", _ENCODINGS, key="encoding")],
            header=_HEADERS[header.selectbox("First row", _HEADERS, key="header")],
        )


def _summary(table: Microdata) -> None:
    """What was found, before the table is opened."""
    notes = " ".join(table.report.notes) if table.report else ""
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{table.rows:,} records in {len(table.names):,} columns**")
        st.caption(escape(notes, _LONGEST))
        st.caption(escape(", ".join(table.names), _LONGEST))
