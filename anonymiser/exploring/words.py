"""Sentences about the next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from anonymiser import story
from anonymiser.exploring.stepping import NextStep
from anonymiser.recipe import Recipe
from anonymiser.search import Move

__all__ = ["Advice", "advice", "way_in_words"]


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


def _moved(move: Move, recipe: Recipe) -> str:
    plan = recipe.qis[move.attribute]
    return f"{plan.name} → {plan.hierarchy.level_names[move.level]}"


def _buys(move: Move) -> str:
    told = story.move_buys(move.made_safe, move.k_gained)
    return told[0].upper() + told[1:]


def _costs(move: Move) -> str:
    return story.move_costs(move.detail_gained)
