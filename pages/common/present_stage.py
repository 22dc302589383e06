"""The stage: one message a screen in large type, next and back, nothing raw."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

import streamlit as st

from anonymiser.presenting import Chart, Deck, deck_of, specification
from anonymiser.project import Project
from pages.common.present_panel import aside, footer, head

__all__ = ["invitation", "is_on", "show"]

_STYLE: Final = Path(__file__).with_name("present.css")
_NARROW, _WIDE = 660, 1000
_ROW: Final = 46
_PLACES: Final[WeakKeyDictionary[Project, int]] = WeakKeyDictionary()
"""The screen that each project's presentation shows; none where it has not begun."""


def is_on(project: Project) -> bool:
    """Whether the presentation has begun."""
    return project in _PLACES


def invitation(project: Project) -> None:
    """What will be shown, and the button that begins."""
    deck = deck_of(project)
    st.subheader("On this screen", anchor=False)
    st.markdown(
        f"{len(deck.panels)} screens in large type, drawn from the current setting: about ten minutes. "
        "Nothing raw is shown: presentation mode is on here, whatever the switch says."
    )
    st.caption(" · ".join(panel.name for panel in deck.panels))
    st.button("Begin", key="begin", type="primary", icon=":material/play_arrow:", on_click=_go, args=(project, 0))


def show(project: Project) -> None:
    """Draw the current screen, with its buttons and keys."""
    deck = deck_of(project)
    place = min(_PLACES[project], len(deck.panels) - 1)
    st.html(_STYLE)
    with st.container(key="stage-dark" if _is_dark() else "stage-light"):
        with st.container(key="stage-panel", gap="small"):
            _panel(deck, place)
        with st.container(key="stage-keys"):
            _buttons(project, deck, place)


def _panel(deck: Deck, place: int) -> None:
    panel = deck.panels[place]
    st.html(head(panel))
    if panel.chart is None or not panel.chart.bars:
        st.html(aside(panel))
    elif panel.points:
        words, picture = st.columns([2, 3], gap="large")
        words.html(aside(panel))
        with picture:
            _chart(panel.chart, place, _NARROW)
    else:
        _chart(panel.chart, place, _WIDE)
        st.html(aside(panel))


def _chart(chart: Chart, place: int, width: int) -> None:
    st.vega_lite_chart(
        specification(chart, width, _ROW, dark=_is_dark()),
        key=f"stage-chart-{place}",
        theme=None,
        width="content",
        alt=chart.words,
    )


def _buttons(project: Project, deck: Deck, place: int) -> None:
    last = len(deck.panels) - 1
    where, end, back, onward = st.columns([6.2, 1, 1.1, 1.1], vertical_alignment="center", gap="small")
    where.html(footer(deck, place))
    end.button("End", key="stage-end", shortcut="Esc", on_click=_end, args=(project,), width="stretch")
    back.button(
        "Back",
        key="stage-back",
        icon=":material/arrow_back:",
        shortcut="Left",
        on_click=_go,
        args=(project, place - 1),
        disabled=place == 0,
        width="stretch",
    )
    onward.button(
        "Next",
        key="stage-next",
        type="primary",
        icon=":material/arrow_forward:",
        icon_position="right",
        shortcut="Right",
        on_click=_go,
        args=(project, place + 1),
        disabled=place == last,
        width="stretch",
    )


def _is_dark() -> bool:
    return bool(st.context.theme.type == "dark")


def _go(project: Project, place: int) -> None:
    _PLACES[project] = max(0, place)


def _end(project: Project) -> None:
    _PLACES.pop(project, None)
