"""Sentences about the next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from anonymiser import story
from anonymiser.exploring.searching import Answer
from anonymiser.exploring.stepping import NextStep
from anonymiser.recipe import Recipe
from anonymiser.search import Move

__all__ = ["Advice", "advice", "how_good", "nothing_found", "search_so_far", "way_in_words"]

_ONE = 1
_LEAST = 0.1
"""Per cent: smaller gaps are rounded up to it."""


@dataclass(frozen=True)
class Advice:
    """The next step for a person.

    Attributes
    ----------
    title, sentence : str
        What to do; what it buys and costs.
    button : str
        Words of the button that does it; empty where there is nothing to do.
    """

    title: str
    sentence: str
    button: str = ""


def advice(step: NextStep, recipe: Recipe) -> Advice:
    """What to do next, what it buys and what it costs."""
    if not step.possible:
        return Advice(
            "No setting of these sliders is enough.",
            "Allow more deleted rows, let fewer columns count, or ask for less.",
        )
    if step.move is None:
        return Advice("Nothing to gain in one move.", "No other level of a single column keeps more and is still safe.")
    if step.is_met:
        return Advice(
            f"More detail is possible: {_moved(step.move, recipe)}",
            f"{_costs(step.move)}, and every requirement on groups is still met.",
            "Do it",
        )
    if not step.way:
        return Advice(
            f"Cheapest move that meets the requirements: {_moved(step.move, recipe)}",
            f"{_buys(step.move)}; {_costs(step.move)}.",
            "Do it",
        )
    first, last = step.way[0].before, step.way[-1].after
    whole = Move(step.way[0].attribute, step.way[0].level, first, last)
    return Advice(
        f"Shortest way to meet the requirements: {len(step.way)} moves",
        f"{way_in_words(step.way, recipe)}. {_buys(whole)}; {_costs(whole)}.",
        f"Do all {len(step.way)}",
    )


def way_in_words(way: Sequence[Move], recipe: Recipe) -> str:
    """The moves of a way, in the order in which they help most."""
    return ", ".join(_moved(move, recipe) for move in way)


def search_so_far(checked: int, best: float | None, gap: float) -> str:
    """Where a search is, in words.

    >>> search_so_far(1200, None, 1.0)
    '1,200 settings looked at; none of them meets the requirements yet.'
    >>> search_so_far(1200, 0.25, 0.031)
    '1,200 settings looked at; at most 3.1 % better exists than the best so far.'
    """
    looked = f"{checked:,} setting{'' if checked == _ONE else 's'} looked at"
    if best is None:
        return f"{looked}; none of them meets the requirements yet."
    return f"{looked}; {_better(gap)} than the best so far."


def how_good(found: Answer) -> str:
    """How good the setting that was found is.

    >>> how_good(Answer((0,), 3, 0.0))
    'No other setting is better; 3 settings were looked at.'
    >>> how_good(Answer((0,), 1200, 0.031))
    'At most 3.1 % better exists; 1,200 settings were looked at.'
    """
    told = "No other setting is better" if not found.gap else _better(found.gap).capitalize()
    return f"{told}; {found.checked:,} settings were looked at."


def nothing_found(found: Answer) -> str:
    """Why there is no setting to use."""
    if found.gap:
        return "The search was ended before it met a setting that is allowed. Let it run longer."
    return "No setting that is allowed meets the requirements. Allow more levels or more deleted rows."


def _better(gap: float) -> str:
    percent = 100 * gap
    return "at most 0.1 % better exists" if percent < _LEAST else f"at most {percent:.1f} % better exists"


def _moved(move: Move, recipe: Recipe) -> str:
    plan = recipe.qis[move.attribute]
    return f"{plan.name} → {plan.hierarchy.level_names[move.level]}"


def _buys(move: Move) -> str:
    told = story.move_buys(move.made_safe, move.k_gained)
    return told[0].upper() + told[1:]


def _costs(move: Move) -> str:
    return story.move_costs(move.detail_gained)
