"""A table of the population: loaded here, told in a sentence, never released and never saved."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from anonymiser.errors import InputError
from anonymiser.project import Project
from anonymiser.reading import read
from pages.common import access
from pages.common.shell import problems
from pages.common.words import escape

__all__ = ["population"]

_TYPES: Final = ("csv", "tsv", "txt", "xlsx", "xlsm", "parquet", "pq", "jsonl", "ndjson", "json")
_WHY: Final = (
    "Everybody whom your table was drawn from, one row each: a register, the whole customer base. With it Halftone "
    "counts how many people of the population look like each group. It needs the columns that count towards the "
    "groups, under the same names. It stays in memory, never leaves, and is not saved."
)
_LONGEST: Final = 400


def population(project: Project) -> None:
    """The population table: what is loaded, or where to load one."""
    if project.population is None:
        with st.popover("Load a table of the population", icon=":material/groups:", type="tertiary"), problems():
            _loader(project)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(":material/groups: " + escape(" ".join(project.population_in_words()), _LONGEST), width="stretch")
        pressed = st.button("Remove the population", key="population-remove", type="tertiary")
    if pressed:
        with problems():
            project.load_population(None)
            st.rerun()


def _loader(project: Project) -> None:
    st.caption(_WHY)
    upload = st.file_uploader("A file", _TYPES, key="population-upload")
    if access.is_on():  # nobody from elsewhere chooses among the server's files
        path = ""
    else:
        path = st.text_input("Or a file on this machine", key="population-path", placeholder="/home/me/register.csv")
    if not st.button("Use this table", key="population-use", type="primary", icon=":material/check:"):
        return
    if upload is None and not path.strip():
        raise InputError("Choose a file first, or write where it is.")
    with st.spinner("Reading the population …", show_time=True):
        if upload is not None:
            table = read(upload.getvalue(), name=upload.name)
        else:
            table = read(Path(path.strip().strip("\"'")).expanduser())
        project.load_population(table)
    st.rerun()
