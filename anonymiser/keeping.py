"""Frequency sets that are kept between two looks at a table, so that a slider never waits for the rows twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from anonymiser.engine.frequency import FrequencySet, roll_up

__all__ = ["KeptSets"]

_KEPT_BYTES: Final = 256 * 2**20
_WORTH_KEEPING: Final = 64 * 2**20

Node = tuple[int, ...]


class KeptSets:
    """Frequency sets of the same columns under the same rules, at several nodes.

    Parameters
    ----------
    build : callable
        Makes the set of a node from the rows.
    first : tuple of int or None
        The node to build before any other: with level 0 everywhere, nothing is ever built from the rows again. None
        builds a node from the rows whenever no finer one is kept.
    """

    def __init__(self, build: Callable[[Node], FrequencySet], first: Node | None) -> None:
        self._build = build
        self._root = None if first is None else build(first)
        self._sets: OrderedDict[Node, FrequencySet] = OrderedDict()

    def at(self, node: Node) -> FrequencySet:
        """The set of a node, from the smallest kept one that is finer."""
        kept = self._sets.get(node)
        if kept is not None:
            self._sets.move_to_end(node)
            return kept
        finer = [s for s in self._sets.values() if all(a <= b for a, b in zip(s.node, node, strict=True))]
        source = min(finer, key=lambda s: s.classes, default=self._root)
        made = self._build(node) if source is None else roll_up(source, node)
        if made.nbytes <= _WORTH_KEEPING:
            self._sets[node] = made
            while sum(s.nbytes for s in self._sets.values()) > _KEPT_BYTES:
                self._sets.popitem(last=False)
        return made
