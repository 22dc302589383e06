"""What is to be known of the table before anything leaves: a sentence each, and the choices that some of them need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from anonymiser.editing import with_hierarchy, with_missing_codes
from anonymiser.hierarchies.dates import dates_for
from anonymiser.project import Project
from anonymiser.quality import Finding, FindingKind, Severity, all_findings
from pages.common import state
from pages.common.desk import desk
from pages.common.rule_forms import layout_in_words
from pages.common.shell import problems
from pages.common.words import escape

__all__ = ["findings", "found"]

_LOOKS: Final = {
    Severity.PROBLEM: ("error", "red", "Needs a decision"),
    Severity.CHECK: ("search", "orange", "Worth a look"),
    Severity.NOTE: ("info", "blue", "For information"),
}
_MOST: Final = 40
_LONGEST: Final = 500


def found(project: Project) -> tuple[Finding, ...]:
    """The findings, looked for once a table."""
    beside, table = desk(), project.table.view(project.recipe)
    if beside.findings is None or beside.findings[0] is not table:
        with st.spinner("Looking for trouble in the data …"):
            beside.findings = table, all_findings(table, project.suggestions)
    return beside.findings[1]


def findings(project: Project) -> None:
    """All findings, the most serious first."""
    told = found(project)
    if not told:
        st.success("Nothing stands out: no mangled numbers, doubled rows or missing values.", icon=":material/check:")
    for severity, (icon, colour, words) in _LOOKS.items():
        of_kind = [finding for finding in told if finding.severity is severity]
        if of_kind:
            _group(project, of_kind, f":{colour}[:material/{icon}:] **{words}** ({len(of_kind)})")
    _more_codes(project)


def _group(project: Project, told: Sequence[Finding], title: str) -> None:
    st.markdown(title)
    with st.container(border=True, gap="small"):
        for number, finding in enumerate(told[:_MOST]):
            name, sentence = st.columns([1, 3], gap="small")
            name.markdown(f"**{escape(finding.column or 'The whole table')}**")
            with sentence:
                st.markdown(escape(finding.sentence, _LONGEST))
                _choice(project, finding, f"{finding.severity.name}-{number}")
        if len(told) > _MOST:
            st.caption(f"{len(told) - _MOST:,} more are not shown.")


def _choice(project: Project, finding: Finding, key: str) -> None:
    """The decision that a finding asks for, if Halftone can carry it out."""
    if finding.column is None:
        return
    if finding.kind is FindingKind.MISSING_CODE and finding.codes and not state.presenting():
        codes = st.multiselect("Codes that mean: no value", finding.codes, key=f"codes-{key}")
        if codes and st.button("Treat them as missing", key=f"missing-{key}"):
            _declare(project, finding.column, tuple(codes))
    if finding.kind is FindingKind.AMBIGUOUS_DATE:
        _date_order(project, finding.column, key)


def _date_order(project: Project, name: str, key: str) -> None:
    """Day first or month first: a person decides."""
    suggestion = next((s for s in project.suggestions if s.name == name), None)
    if suggestion is None or suggestion.dates is None:
        return
    layouts = suggestion.dates.candidates
    layout = st.radio("How are the dates written?", layouts, None, format_func=layout_in_words, key=f"order-{key}")
    if layout and st.button("Read them like this", key=f"read-{key}"):
        with problems():
            spec = dates_for(project.table.column(project.recipe, name), layout)
            project.change_roles(with_hierarchy(project.recipe, name, spec))
            state.save()
            st.rerun()


def _more_codes(project: Project) -> None:
    """Codes that mean "no value" in one column, such as 999 or "refused"."""
    with st.expander("Does another code mean that there is no value?", icon=":material/block:"):
        with st.form("codes", border=False):
            left, right = st.columns(2)
            name = left.selectbox("Column", project.microdata.names, key="codes-column")
            text = right.text_input("Codes, with commas between them", key="codes-text", placeholder="999, refused")
            sent = st.form_submit_button("Treat them as missing")
        codes = tuple(code.strip() for code in text.split(",") if code.strip())
        if sent and codes:
            _declare(project, name, codes)
        declared = [plan for plan in project.recipe.attributes if plan.missing]
        if declared and not state.presenting():
            so_far = (f"{escape(plan.name)}: {escape(', '.join(plan.missing))}" for plan in declared)
            st.caption(f"So far: {'; '.join(so_far)}. Undo takes the last one back.")


def _declare(project: Project, name: str, codes: tuple[str, ...]) -> None:
    with problems():
        project.change(with_missing_codes(project.table, project.recipe, name, codes))
        state.save()
        st.rerun()
