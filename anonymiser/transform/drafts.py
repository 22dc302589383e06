"""The drafts of one project: made once, kept while they are looked at, drawn from a secret that is not a release's."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from anonymiser.privacy import PrivacyModel
from anonymiser.recipe import Recipe
from anonymiser.transform.base import Progress, silent
from anonymiser.transform.encoded import EncodedTable
from anonymiser.transform.randomness import KeyOf, generators_from, step_key
from anonymiser.transform.run import Transformed, transform

__all__ = ["Drafts"]

_KEPT: Final = 8
_KEPT_CELLS: Final = 60_000_000
_SECRET: Final = 32


class Drafts:
    """Memo of drafts.

    Random methods draw from a secret that lives in memory only, so that a candidate stays what it is while somebody
    looks at it, and no release can be told from it. `drawing_from` puts a release's own keys in its place.
    """

    def __init__(self) -> None:
        self._key_of: KeyOf = step_key(os.urandom(_SECRET))
        self._kept: OrderedDict[Hashable, Transformed] = OrderedDict()

    def clear(self) -> None:
        """Forget every draft: the table is read differently now."""
        self._kept.clear()

    def has(self, recipe: Recipe) -> bool:
        """Whether the draft of a recipe is kept."""
        return recipe in self._kept

    def of(
        self, table: EncodedTable, recipe: Recipe, requirements: Sequence[PrivacyModel], progress: Progress = silent
    ) -> Transformed:
        """The draft of a recipe (kept for the next call); as `transform`."""
        kept = self._kept.get(recipe)
        if kept is None:
            kept = transform(table, recipe, requirements, generators_from(self._key_of), progress=progress)
            self._kept[recipe] = kept
            cells = max(1, kept.draft.rows * len(kept.draft.columns))
            while len(self._kept) > max(1, min(_KEPT, _KEPT_CELLS // cells)):
                self._kept.popitem(last=False)
        self._kept.move_to_end(recipe)
        return kept

    @contextmanager
    def drawing_from(self, key_of: KeyOf) -> Iterator[None]:
        """Draw from other keys inside the block: a release's.

        Parameters
        ----------
        key_of : callable
            From the name of a step to 32 bytes.
        """
        before = self._key_of, self._kept
        self._key_of, self._kept = key_of, OrderedDict()
        try:
            yield
        finally:
            self._key_of, self._kept = before
