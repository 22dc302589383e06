"""One parameter of a method: the widget that asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from anonymiser import trying
from anonymiser.access import Right
from anonymiser.errors import AnonymiserError
from anonymiser.methods import MethodParameters, Transition, transition_from_csv
from anonymiser.project import Project
from anonymiser.trying import FieldForm, Kind
from pages.common import access, state
from pages.common.words import escape, plain

__all__ = ["LARGE", "ask"]

LARGE: Final = (Kind.VALUES, Kind.WEIGHTS, Kind.MATRIX)
"""Kinds that take more room than a line."""
_LONGEST: Final = 400
_HIDDEN: Final = "Hidden in presentation mode: values of people are never shown on a shared screen."


def ask(project: Project, method: type[MethodParameters], field: FieldForm, values: Mapping[str, Any]) -> Any:
    """Ask for one parameter.

    Parameters
    ----------
    project : Project
    method : type of MethodParameters
    field : FieldForm
    values : mapping
        The parameters asked for so far.
    """
    key = f"method-{method.title}-{field.name}"
    about = escape(field.about, _LONGEST) if field.about else None
    match field.kind:
        case Kind.COLUMNS:
            first = list(field.value or ())
            found: Any = tuple(
                st.multiselect(field.label, field.choices, first, key=key, help=about, format_func=plain)
            )
        case Kind.CHOICE:
            at = field.choices.index(field.value)
            found = st.selectbox(field.label, field.choices, at, key=key, help=about, format_func=_choice)
        case Kind.YES_NO:
            found = st.toggle(field.label, value=bool(field.value), key=key, help=about)
        case Kind.VALUES:
            found = _values(project, str(values.get("column", "")), field, key)
        case Kind.WEIGHTS:
            found = _weights(field, key)
        case Kind.MATRIX:
            found = _matrix(field, key)
        case _:
            found = _number(field, key)
    return found


def _choice(value: str) -> str:
    return trying.CHOICES.get(value) or plain(value)


def _number(field: FieldForm, key: str) -> float | int | None:
    whole = field.kind is Kind.WHOLE
    cast = int if whole else float
    bounds = {
        name: None if bound is None else cast(bound)
        for name, bound in (("min_value", field.least), ("max_value", field.most))
    }
    return st.number_input(
        field.label,
        value=None if field.value is None else cast(field.value),
        step=1 if whole else 0.05,
        placeholder="empty",
        key=key,
        help=escape(field.about, _LONGEST) if field.about else None,
        **bounds,
    )


def _values(project: Project, column: str, field: FieldForm, key: str) -> tuple[str, ...]:
    if state.presenting():
        st.caption(_HIDDEN)
        return ()
    if not column:
        st.caption("Choose the column whose values count more.")
        return ()
    known = _values_of(project, column)
    return tuple(st.multiselect(field.label, known, key=f"{key}-{column}", help=field.about, format_func=plain))


@access.needs(Right.ROWS)
def _values_of(project: Project, column: str) -> list[str]:
    return list(trying.values_to_choose(project, column))


def _weights(field: FieldForm, key: str) -> tuple[tuple[str, float], ...]:
    """A number a column; those of 1 are left out, as that is usual."""
    st.markdown(field.label, help=field.about)
    found = []
    for name in field.choices:
        weight = st.number_input(escape(name), field.least, field.most, 1.0, 0.5, key=f"{key}-{name}")
        if weight != 1:
            found.append((name, float(weight)))
    return tuple(found)


def _matrix(field: FieldForm, key: str) -> Transition | AnonymiserError | None:
    """The matrix of a file; what is wrong with it, so that nothing else is tried in its place."""
    file = st.file_uploader(field.label, "csv", key=key, help=field.about)
    if file is None:
        return None
    try:
        return transition_from_csv(file.getvalue())
    except AnonymiserError as error:
        st.error(escape(str(error), _LONGEST))
        return error
