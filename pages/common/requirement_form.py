"""A requirement to add: a model, its column, and its own fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import streamlit as st
from pydantic import TypeAdapter, ValidationError

from anonymiser.access import Right
from anonymiser.errors import InputError
from anonymiser.privacy import Requirement
from anonymiser.privacy.words import DISTANCES, MEANINGS, TITLES
from anonymiser.project import Project
from pages.common import access, state
from pages.common.words import plain

__all__ = ["form", "labels_of"]

_ADAPTER: Final[TypeAdapter[Requirement]] = TypeAdapter(Requirement)
_NO_COLUMN: Final = ("k_anonymity", "k_map", "delta_presence")
_ON_POPULATION: Final = ("k_map", "delta_presence")


def form(project: Project) -> None:
    """Choose a model and its thresholds, and add it to the recipe."""
    offered = [kind for kind in TITLES if project.population is not None or kind not in _ON_POPULATION]
    model, column = st.columns(2, gap="small")
    kind = model.selectbox("Model", offered, format_func=TITLES.__getitem__, key="require-model")
    names = [plan.name for plan in project.recipe.sensitive]
    name = None
    if kind not in _NO_COLUMN:
        name = column.selectbox("Sensitive column", names, key="require-column", format_func=plain)
    st.caption(MEANINGS[kind])
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        fields = _FIELDS[kind](project, name)
        pressed = st.button("Add", key="require-add", icon=":material/add:", type="primary")
    if not offered or "k_map" not in offered:
        st.caption("k-map and δ-presence are offered once a table of the population is loaded.")
    if pressed:
        requirement = _made(kind, name, fields)
        candidate = project.recipe.changed(requirements=(*project.recipe.requirements, requirement))
        project.assess(candidate)  # refuses what the column cannot bear
        project.change(candidate)


@access.needs(Right.ROWS)
def labels_of(project: Project, name: str, *, known: bool = False) -> list[str]:
    """Labels of a sensitive column as they would leave; ``known`` leaves the missing one out."""
    labels, _, missing = project.table.labels_at(project.recipe, project.recipe.attribute(name))
    return list(labels if missing is None or not known else labels[:-1])


def _made(kind: str, name: str | None, fields: dict[str, Any]) -> Requirement:
    if name is None and kind not in _NO_COLUMN:
        raise InputError("No sensitive column leaves, so only k can be required. Mark a column as sensitive first.")
    column = {} if name is None else {"attribute": name}
    try:
        return _ADAPTER.validate_python({"kind": kind, **column, **fields})
    except ValidationError:
        raise InputError(f"{TITLES[kind]} cannot have that threshold. Choose another.") from None


def _whole(label: str, value: int) -> int:
    return int(st.number_input(label, 1, 2**31 - 1, value, key=f"require-{label}", width=150))


def _real(label: str, value: float, most: float = 1e6) -> float:
    return float(st.number_input(label, 0.0, most, value, step=0.05, key=f"require-{label}", width=150))


def _closeness(_project: Project, _name: str | None) -> dict[str, Any]:
    t = _real("t", 0.35, 1.0)
    distance = st.selectbox("How far apart values are", list(DISTANCES), format_func=DISTANCES.get, key="require-far")
    return {"t": t, "distance": distance}


def _alpha(project: Project, name: str | None) -> dict[str, Any]:
    alpha = _real("α", 0.5, 1.0)
    if state.presenting() or name is None:
        return {"alpha": alpha}
    chosen = st.multiselect(
        "Harmful values",
        labels_of(project, name, known=True),
        key=f"require-values-{name}",
        format_func=plain,
        placeholder="every value",
        help="Only these are limited, each by itself; every value where none is chosen.",
    )
    return {"alpha": alpha, "values": tuple(chosen)}


def _beta(_project: Project, _name: str | None) -> dict[str, Any]:
    beta = _real("β", 1.0)
    enhanced = st.toggle(
        "Enhanced",
        key="require-enhanced",
        help="Common answers may gain less than rare ones: at most −ln of their share.",
    )
    return {"beta": beta, "enhanced": enhanced}


def _presence(_project: Project, _name: str | None) -> dict[str, Any]:
    return {"maximum": _real("At most", 0.5, 1.0), "minimum": _real("At least", 0.0, 1.0)}


_FIELDS: Final[dict[str, Callable[[Project, str | None], dict[str, Any]]]] = {
    "k_anonymity": lambda *_: {"k": _whole("k", 5)},
    "distinct_l": lambda *_: {"l": _whole("l", 2)},
    "entropy_l": lambda *_: {"l": _real("l (a real number)", 2.0)},
    "recursive_cl": lambda *_: {"c": _real("c", 3.0), "l": _whole("l, from 2", 2)},
    "t_closeness": _closeness,
    "alpha_k": _alpha,
    "beta_likeness": _beta,
    "delta_disclosure": lambda *_: {"delta": _real("δ", 1.0)},
    "k_map": lambda *_: {"k": _whole("k in the population", 5)},
    "delta_presence": _presence,
}
