"""A form for each way to blur a column; each gives the rule that its fields describe."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final

import pandas as pd
import streamlit as st

from anonymiser.editing import (
    NumberRule,
    RuleKind,
    edge_rows,
    edges_rule,
    group_rows,
    groups_rule,
    number_rule,
    numbers_in,
)
from anonymiser.errors import HierarchyError
from anonymiser.hierarchies import (
    SPECS,
    DateSpec,
    HierarchySpec,
    IntervalSpec,
    MaskSpec,
    PostcodeSpec,
    RareSpec,
    TableSpec,
    countries_for,
    rare_for,
)
from anonymiser.hierarchies.numbers import show_number
from anonymiser.microdata import Column
from pages.common import state

__all__ = ["form", "layout_in_words"]

_STEPS: Final = ("day", "month", "year", "2 years", "5 years", "10 years", "20 years", "50 years")
_LAYOUTS: Final = ("%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%Y%m%d", "%d %B %Y", "%d/%m/%y", "%Y")
_SIGNS: Final = {
    "%d": "day",
    "%m": "month",
    "%Y": "year",
    "%y": "year of two digits",
    "%b": "month",
    "%B": "month in words",
}
_FEWEST: Final = "Fewest people"
_VALUE: Final = "Value"
_HIDDEN: Final = "Hidden in presentation mode: the groups hold values of the table."
_MANY: Final = 1_000_000


def form(kind: RuleKind, spec: HierarchySpec, column: Column) -> Callable[[], HierarchySpec] | None:
    """Draw the fields for a kind of rule.

    Parameters
    ----------
    kind : RuleKind
    spec : HierarchySpec
        The rule from which the fields take their values; of that kind.
    column : Column

    Returns
    -------
    callable or None
        Makes the rule from the fields, or raises HierarchyError; None where nothing can be chosen now.
    """
    seed = f"{column.name}|{SPECS.dump_json(spec).decode()}"  # another column or rule begins with its own values
    return _FORMS[kind](spec, column, f"rule-{hashlib.sha256(seed.encode()).hexdigest()[:12]}")


def _flat(spec: HierarchySpec, _column: Column, _scope: str) -> Callable[[], HierarchySpec]:
    st.caption("The value as it is, or nothing: for a column of two or three values. There is nothing to choose.")
    return lambda: spec


def _dates(spec: HierarchySpec, _column: Column, scope: str) -> Callable[[], HierarchySpec]:
    known = spec if isinstance(spec, DateSpec) else DateSpec()
    choices = sorted({*_STEPS, *known.steps}, key=(*_STEPS, *known.steps).index)
    steps = st.multiselect("Steps, from fine to coarse", choices, list(known.steps), key=f"{scope}-date-steps")
    left, right = st.columns(2, vertical_alignment="bottom")
    layouts = list(dict.fromkeys((known.format, *_LAYOUTS)))
    layout = left.selectbox("Dates are written", layouts, format_func=layout_in_words, key=f"{scope}-date-format")
    origin = right.number_input(
        "First year of a band",
        0,
        9999,
        known.origin,
        key=f"{scope}-date-origin",
        help="Any year in which a band begins: with 1985 and 20 years there is a band 1985–2004.",
    )
    left, right = st.columns(2, vertical_alignment="bottom")
    first = left.number_input("One band before", 0, 9999, known.first, key=f"{scope}-date-first", placeholder="–")
    last = right.number_input("One band from", 0, 9999, known.last, key=f"{scope}-date-last", placeholder="–")
    return lambda: known.model_copy(
        update={
            "steps": tuple(step for step in choices if step in steps),
            "format": layout,
            "origin": origin,
            "first": first,
            "last": last,
        }
    )


def layout_in_words(layout: str) -> str:
    """A layout of dates with words for its signs.

    >>> layout_in_words("%d/%m/%Y")
    'day/month/year'
    """
    for sign, word in _SIGNS.items():
        layout = layout.replace(sign, word)
    return layout


def _numbers(spec: HierarchySpec, column: Column, scope: str) -> Callable[[], HierarchySpec]:
    known = numbers_in(spec)
    way = st.segmented_control(
        "Ranges", ["As they are", "Made anew"], default="As they are", key=f"{scope}-number-way", required=True
    )
    if way == "As they are" and isinstance(spec, IntervalSpec):
        return _edges(spec, scope)
    widths = st.text_input(
        "Widths, from fine to coarse",
        ", ".join(map(show_number, known.widths)),
        key=f"{scope}-widths",
        help="Each divides the next: 1, 5, 10.",
    )
    left, right = st.columns(2, vertical_alignment="bottom")
    bands = left.number_input("Bands of equal size on top", 0, 12, known.bands, key=f"{scope}-bands", help="0: none.")
    unit = right.text_input("Unit", known.unit, key=f"{scope}-unit", placeholder="kg")
    bottom = left.number_input("One range below", value=None, key=f"{scope}-bottom", placeholder="no limit")
    top = right.number_input("One range from", value=None, key=f"{scope}-top", placeholder="no limit")
    fewest = st.number_input(
        _FEWEST,
        1,
        _MANY,
        known.fewest,
        key=f"{scope}-number-fewest",
        help="Ranges at both ends are joined until they hold this many people: extremes stand out.",
    )
    return lambda: number_rule(column, NumberRule(_floats(widths), int(bands), bottom, top, int(fewest), unit.strip()))


def _edges(spec: IntervalSpec, scope: str) -> Callable[[], HierarchySpec]:
    frame = pd.DataFrame(edge_rows(spec), columns=["Level", "Edges"])
    edited = st.data_editor(
        frame,
        key=f"{scope}-edges",
        hide_index=True,
        num_rows="dynamic",
        column_config={"Edges": st.column_config.TextColumn(help="A range begins at each edge.", width="large")},
    )
    rows = [(_cell(row["Level"]), _cell(row["Edges"])) for _, row in edited.iterrows()]
    return lambda: edges_rule(spec, rows)


def _postcodes(spec: HierarchySpec, _column: Column, scope: str) -> Callable[[], HierarchySpec]:
    ways = {
        "3 parts": "London, rest of England, other",
        "nations": "England, Wales, Scotland, Northern Ireland, islands",
    }
    present = spec.above_region if isinstance(spec, PostcodeSpec) else "3 parts"
    above = st.radio(
        "Above the region", list(ways), list(ways).index(present), format_func=ways.get, key=f"{scope}-above"
    )
    return lambda: PostcodeSpec(above_region=above)


def _countries(_spec: HierarchySpec, column: Column, scope: str) -> Callable[[], HierarchySpec]:
    fewest = st.number_input(
        _FEWEST, 1, _MANY, 5, key=f"{scope}-country-fewest", help="Continents with fewer people are shown as one."
    )
    return lambda: countries_for(column, int(fewest))


def _groups(spec: HierarchySpec, column: Column, scope: str) -> Callable[[], HierarchySpec] | None:
    if state.presenting():
        st.info(_HIDDEN)
        return None
    names, rows = group_rows(spec)
    words = st.text_input(
        "Levels, from fine to coarse", ", ".join(names), key=f"{scope}-group-levels", help="Words for the slider."
    )
    given = (word.strip() for word in words.split(","))
    wanted = list(dict.fromkeys(word for word in given if word and word != _VALUE))
    wide = [(*row, *row[-1:] * len(wanted))[: len(wanted) + 1] for row in rows]
    frame = pd.DataFrame(wide, columns=[_VALUE, *wanted])
    edited = st.data_editor(frame, key=f"{scope}-groups-{len(wanted)}", hide_index=True, height=280, num_rows="dynamic")
    edited_rows = [tuple(map(_cell, row)) for row in edited.itertuples(index=False)]
    if isinstance(spec, TableSpec):
        st.caption(f"{len(column.values):,} different values; every one needs a row.")
    return lambda: groups_rule(wanted, edited_rows)


def _mask(spec: HierarchySpec, _column: Column, scope: str) -> Callable[[], HierarchySpec]:
    known = spec if isinstance(spec, MaskSpec) else MaskSpec(steps=(1,))
    sides = {"right": "the end", "left": "the beginning"}
    side = st.radio(
        "Hide first",
        list(sides),
        list(sides).index(known.side),
        format_func=sides.get,
        key=f"{scope}-side",
        horizontal=True,
    )
    steps = st.text_input(
        "Characters hidden, level by level", ", ".join(map(str, known.steps)), key=f"{scope}-mask-steps"
    )
    character = st.text_input("Shown instead", known.character, max_chars=1, key=f"{scope}-mask-character")
    return lambda: MaskSpec(side=side, steps=tuple(int(step) for step in _floats(steps)), character=character)


def _rare(spec: HierarchySpec, column: Column, scope: str) -> Callable[[], HierarchySpec]:
    inner = spec.inner if isinstance(spec, RareSpec) else None
    fewest = st.number_input(
        _FEWEST, 1, _MANY, 5, key=f"{scope}-rare-fewest", help="Values of fewer people become one: other (rare)."
    )
    return lambda: rare_for(column, int(fewest), inner)


def _cell(content: object) -> str:
    """A cell of an edited table as text; one that was never filled in is empty."""
    return "" if content is None or pd.isna(content) else str(content)


def _floats(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.replace(";", ",").split(",") if part.strip())
    except ValueError:
        raise HierarchyError("Write numbers with commas between them, such as 1, 5, 10.") from None


_FORMS: Final[dict[RuleKind, Callable[[HierarchySpec, Column, str], Callable[[], HierarchySpec] | None]]] = {
    RuleKind.FLAT: _flat,
    RuleKind.DATES: _dates,
    RuleKind.NUMBERS: _numbers,
    RuleKind.POSTCODES: _postcodes,
    RuleKind.COUNTRIES: _countries,
    RuleKind.GROUPS: _groups,
    RuleKind.MASK: _mask,
    RuleKind.RARE: _rare,
}
