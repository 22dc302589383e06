"""Putting another rule on a column, or refusing it with the old one kept; levels from ARX and for ARX."""

from __future__ import annotations

import re
from typing import Final

import streamlit as st

from anonymiser import autosave
from anonymiser.editing import with_hierarchy
from anonymiser.errors import AnonymiserError, HierarchyError
from anonymiser.hierarchies import HierarchySpec, read_arx_csv, write_arx_csv
from anonymiser.microdata import Column
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan
from anonymiser.release.files import plain_words, write_whole
from pages.common import state
from pages.common.words import escape

__all__ = ["exchange", "refused", "replace_rule"]

_LONGEST: Final = 300
_KEPT: Final = "Nothing was changed: the rule of before stays."
_UNSAFE: Final = re.compile(r"[^\w.-]+")


def replace_rule(project: Project, plan: AttributePlan, column: Column, spec: HierarchySpec) -> None:
    """Put another rule on a column, if it places every value; the page then begins anew.

    Raises
    ------
    HierarchyError
        It misses values or repeats them; the rule of before stays.
    """
    spec.build(column, strict=True)
    project.change_roles(with_hierarchy(project.recipe, plan.name, spec))
    state.save()
    st.rerun()


def refused(error: AnonymiserError) -> None:
    """Why a rule was not taken; at most five values are named, and none in presentation mode."""
    sentence = escape(error, _LONGEST)
    named = error.values if isinstance(error, HierarchyError) and not state.presenting() else ()
    if named:
        sentence += "  \nFor example: " + ", ".join(escape(value) for value in named)
    st.error(f"{sentence}  \n{_KEPT}", icon=":material/error:")


def exchange(project: Project, plan: AttributePlan, column: Column) -> None:
    """Take levels from ARX's CSV file, or save them as one."""
    with st.popover("Exchange with ARX", icon=":material/swap_horiz:", type="tertiary"):
        st.caption("The program ARX keeps levels as a CSV file: a value a row, then its label at each level.")
        upload = st.file_uploader("Take the levels from a file", "csv", key=f"arx-{plan.name}")
        try:
            if upload is not None and st.button("Use this file", key="arx-use", type="primary"):
                text = upload.getvalue().decode("utf-8-sig", errors="replace")
                replace_rule(project, plan, column, read_arx_csv(text, plan.name))
            if st.button("Save these levels as a file", key="arx-save", icon=":material/save:"):
                name = _save(project, plan)
                st.success(f"Saved beside your vault, in the folder *hierarchies*: {escape(name)}")
                st.caption("It lists the column's values, so it is not offered as a download.")
        except AnonymiserError as error:
            refused(error)


def _save(project: Project, plan: AttributePlan) -> str:
    """Write the levels with mode 0600; a download would be served to whoever knows its address."""
    folder = autosave.home() / "hierarchies"
    name = f"{project.microdata.fingerprint[:8]}_{_UNSAFE.sub('_', plan.name)}.csv"
    text = write_arx_csv(project.table.hierarchy(project.recipe, plan))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(folder / name, text.encode(), mode=0o600)
    except OSError as error:
        raise plain_words(error, "writing the levels") from error
    return name
