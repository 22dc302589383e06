"""Charts as pictures, drawn without a browser."""

from __future__ import annotations

from typing import Any, Final

from anonymiser.presenting.deck import Chart

__all__ = ["ACCENT", "GREY", "INK", "MARK", "as_png", "as_svg", "specification"]

INK: Final = "#1b262c"
ACCENT: Final = "#1b5e7d"
MARK: Final = "#b45309"
GREY: Final = "#5b6770"
_FONT: Final = "Liberation Sans, Arial, sans-serif"
_NOTHING: Final = "\u200b"
"""Parts bars of the same name, unseen."""
_SHORTEST: Final = 1e-9
_ROOM: Final = 1.22
"""End of the scale, so that the longest bar leaves room for its number."""


def specification(chart: Chart, width: int = 560, row: int = 34, *, dark: bool = False) -> dict[str, Any]:
    """A chart in Vega-Lite; its rows stand in it.

    Parameters
    ----------
    chart : Chart
    width, row : int
        Pixels: of the longest bar with its number, and from bar to bar.
    dark : bool
        For a dark background, which stays clear.
    """
    ink, bar, mark = ("#e4eaed", "#6bb6da", "#e8a04c") if dark else (INK, ACCENT, MARK)
    rows = [
        {"label": b.label + _NOTHING * place, "length": b.length, "shown": b.shown, "marked": b.marked}
        for place, b in enumerate(chart.bars)
    ]
    longest = chart.longest or max((b.length for b in chart.bars), default=1.0)
    text = {"labelFontSize": 14, "titleFontSize": 14, "labelColor": ink, "titleColor": ink, "titleFontWeight": "normal"}
    y = {
        "field": "label",
        "type": "nominal",
        "sort": None,
        "title": chart.up or None,
        "axis": {**text, "labelLimit": 300, "ticks": False, "domain": False, "labelPadding": 8},
    }
    x = {
        "field": "length",
        "type": "quantitative",
        "title": chart.across,
        "scale": {"domain": [0, max(longest, _SHORTEST) * _ROOM], "nice": False},
        "axis": {**text, "labels": False, "ticks": False, "grid": False, "domain": False, "titleAnchor": "start"},
    }
    colour = {"condition": {"test": "datum.marked", "value": mark}, "value": bar}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": None,
        "width": width,
        "height": {"step": row},
        "data": {"values": rows},
        "config": {"font": _FONT, "view": {"stroke": None}},
        "layer": [
            {
                "mark": {"type": "bar", "size": round(row * 0.6), "cornerRadiusEnd": 3},
                "encoding": {"x": x, "y": y, "color": colour},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 7, "fontSize": 15, "fontWeight": "bold", "color": ink},
                "encoding": {"x": x, "y": y, "text": {"field": "shown"}},
            },
        ],
    }


def as_png(chart: Chart, width: int = 560, row: int = 34) -> bytes:
    """The chart as a picture for slides, without a word beside its dots."""
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(specification(chart, width, row), scale=4))


def as_svg(chart: Chart, width: int = 560, row: int = 34) -> str:
    """The chart as SVG for reports."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(specification(chart, width, row)))
