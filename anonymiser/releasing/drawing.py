"""Random methods of a release draw from its own keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from anonymiser.project import Project
from anonymiser.release.keys import OwnerKeys
from anonymiser.releasing.particulars import Particulars

__all__ = ["drawing"]


@contextmanager
def drawing(project: Project, keys: OwnerKeys | None, particulars: Particulars) -> Iterator[OwnerKeys | None]:
    """Make the project's draft, inside the block, what the release will hold.

    Every random step is drawn from the owner's master key, the release's id and recipient, and the step's name: the
    same table leaves when the release is made again, another one under another key or id. What the page showed was
    drawn from a secret of its own.

    Yields
    ------
    OwnerKeys or None
        Fresh keys where the owner has none: the release has to be made with these.
    """
    if not project.recipe.methods:
        yield None
        return
    fresh = None if keys else OwnerKeys.fresh()
    used = keys or fresh
    assert used is not None  # noqa: S101 - one of the two
    key = used.for_release(particulars.release_id, particulars.recipient.strip())
    with project.drafts.drawing_from(key.step):
        yield fresh
