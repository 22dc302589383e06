"""Releases are joined row by row, so a table in which one person has several is not joined at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from anonymiser.attributes import Role
from anonymiser.editing import with_roles
from anonymiser.errors import InputError
from anonymiser.joining.joint import find
from anonymiser.project import Project
from anonymiser.release.ledger import Ledger


def test_rows_are_never_taken_for_people(
    project: Project, published: Project, ledger: Ledger, made: Callable[..., object]
) -> None:
    made(project, "r1", ledger)
    column = next(plan.name for plan in published.recipe.attributes if plan.role is Role.DIRECT)
    published.change(with_roles(published.recipe, {column: Role.PERSON}, published.policy))
    with pytest.raises(InputError, match="cannot be counted in people"):
        find(published, ledger)
