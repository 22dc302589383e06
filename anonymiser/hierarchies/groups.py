"""Named groups of values, ordered or free."""

from __future__ import annotations

from collections import Counter
from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from anonymiser.errors import HierarchyError
from anonymiser.hierarchies.base import Grouping, Hierarchy, hidden
from anonymiser.hierarchies.spec import NOT_LISTED, Spec, check_names, refuse_unseen
from anonymiser.limits import MAX_NAMED_VALUES
from anonymiser.microdata import Column

__all__ = ["Group", "GroupLevel", "GroupSpec"]


class Group(Spec):
    """A label and what is under it: values on the first level, labels of the level below above that."""

    label: str
    members: tuple[str, ...]


class GroupLevel(Spec):
    """One level of groups, in the order in which they are to stand.

    Attributes
    ----------
    name : str
        The word on the slider.
    groups : tuple of Group
    """

    name: str
    groups: tuple[Group, ...]


class GroupSpec(Spec):
    """Exact value, levels of named groups, hidden.

    Attributes
    ----------
    levels : tuple of GroupLevel
        Finest first. Groups of the first hold values; groups of the others hold labels of the
        level before, all of them, each once.

    Raises
    ------
    HierarchyError
        Something is in two groups, or a label of one level is in no group of the next.

    Examples
    --------
    >>> from anonymiser.microdata import Microdata
    >>> blood = Microdata.from_columns({"blood": ["A+", "A-", "0+"]}).column("blood")
    >>> groups = (Group(label="A", members=("A+", "A-")), Group(label="0", members=("0+", "0-")))
    >>> GroupSpec(levels=(GroupLevel(name="ABO", groups=groups),)).build(blood).labels
    (('A+', 'A-', '0+'), ('A', '0'), ('*',))
    """

    kind: Literal["groups"] = "groups"
    levels: tuple[GroupLevel, ...]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        below: list[str] | None = None
        for level in self.levels:
            members = Counter(member for group in level.groups for member in group.members)
            doubled = tuple(member for member, times in members.items() if times > 1)
            if doubled:
                raise HierarchyError(
                    f"The level '{level.name}' has {len(doubled)} entries in more groups than one. Keep each in one.",
                    doubled[:MAX_NAMED_VALUES],
                )
            if below is not None and set(below) != set(members):
                differing = tuple(sorted(set(below) ^ set(members)))
                raise HierarchyError(
                    f"The groups of the level '{level.name}' do not hold exactly the labels of the level before: "
                    f"{len(differing)} differ. Put each label in one group.",
                    differing[:MAX_NAMED_VALUES],
                )
            below = [group.label for group in level.groups]
            if len(set(below)) < len(below):
                raise HierarchyError(f"Two groups of the level '{level.name}' have one label. Join or rename them.")
        check_names(self.level_names)
        return self

    @property
    def level_names(self) -> tuple[str, ...]:
        """``exact``, the levels' names, ``hidden``."""
        return ("exact", *(level.name for level in self.levels), "hidden")

    def build(self, column: Column, *, strict: bool = True) -> Hierarchy:
        """Place every value of a column, in the order of the lists."""
        if strict:
            refuse_unseen(column.name, self.unseen(column))
        place = self._place()
        values = column.values
        order = np.argsort([place.get(value, len(place)) for value in values], kind="stable")
        groups, known = [], {value: value for value in place}
        for level in self.levels:
            number = {member: i for i, group in enumerate(level.groups) for member in group.members}
            labels = [*(group.label for group in level.groups), NOT_LISTED]
            codes = [number[known[value]] if value in known else len(level.groups) for value in values]
            known = {value: labels[number[below]] for value, below in known.items()}
            groups.append(Grouping(np.array(codes, dtype=np.intp), labels))
        return Hierarchy.from_groups(
            column.name,
            values,
            [*groups, hidden(len(values))],
            self.level_names,
            missing=column.n_missing > 0,
            order=order,
        )

    def unseen(self, column: Column) -> tuple[str, ...]:
        """Values that are in no group."""
        place = self._place() if self.levels else dict.fromkeys(column.values, 0)
        return tuple(value for value in column.values if value not in place)

    def _place(self) -> dict[str, int]:
        """Position of each listed value."""
        members = (member for level in self.levels[:1] for group in level.groups for member in group.members)
        return {member: i for i, member in enumerate(members)}
