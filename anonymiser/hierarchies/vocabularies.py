"""Suggested groups for columns with a usual vocabulary: education and blood groups."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from anonymiser.hierarchies.groups import Group, GroupLevel, GroupSpec

__all__ = ["blood_groups", "education_groups"]

_EDUCATION: Final = {
    "doctorate": r"ph\.? ?d|doctor|dphil",
    "masters": r"master|\bm\.?(sc|a|ba|phil|eng|res|ed)\b|post.?grad|pgce|prof-school",
    "secondary": r"secondary|gcse|\b[ao].?levels?\b|high.?school|hs-grad|college|sixth|nvq|btec|diploma|vocation"
    r"|apprentice|assoc|middle|\b([7-9]|1[0-2])th",
    "primary": r"primary|elementary|pre.?school|kindergarten|infant|\b[1-6](st|nd|rd|th)",
    "bachelor": r"bachelor|under.?grad|\bb\.?(sc|a|eng|ed)\b|llb|degree|universit|graduate|honours",
}
"""What the labels of each group look like; the first that fits counts."""
_SIX: Final = ("other", "primary", "secondary", "bachelor", "masters", "doctorate")
_FOUR: Final = {"primary": "school", "secondary": "school", "masters": "postgraduate", "doctorate": "postgraduate"}
_TWO: Final = {"bachelor": "degree", "postgraduate": "degree"}
_BLOOD: Final = re.compile(r"(AB|A|B|O|0)\s*(rh\s*)?d?\s*([+\-−–]|pos(itive)?|neg(ative)?|\+ve|-ve)?", re.IGNORECASE)


def education_groups(values: Sequence[str]) -> GroupSpec:
    """Six groups, four, then degree or other: a suggestion from the usual words.

    A level that would not be coarser than the one before is left out, but for the last.

    Parameters
    ----------
    values : sequence of str
        The distinct values of the column.

    Examples
    --------
    >>> spec = education_groups(["primary", "secondary", "bachelor", "masters", "phD", "other"])
    >>> spec.level_names
    ('exact', '4 groups', 'degree / other', 'hidden')
    """
    below, meaning = list(values), [_educated(value) for value in values]
    levels: list[GroupLevel] = []
    ladder = ([*_SIX], [_FOUR.get(group, group) for group in _SIX])
    for rungs in ladder:
        to_rung = dict(zip(_SIX, rungs, strict=True)) | {rung: rung for rung in rungs}
        groups = _grouped(below, [to_rung[group] for group in meaning], dict.fromkeys(rungs))
        if len(groups) < len(below):
            levels.append(GroupLevel(name=f"{len(groups)} groups", groups=groups))
            below = meaning = [group.label for group in groups]
        else:
            meaning = [to_rung[group] for group in meaning]
    groups = _grouped(below, [_TWO.get(group, "other") for group in meaning], ("other", "degree"))
    return GroupSpec(levels=(*levels, GroupLevel(name="degree / other", groups=groups)))


def blood_groups(values: Sequence[str]) -> GroupSpec:
    """The ABO groups, without the rhesus factor; anything else as ``other``.

    Examples
    --------
    >>> [group.label for group in blood_groups(["A+", "0-", "AB pos"]).levels[0].groups]
    ['O', 'A', 'AB']
    """
    matches = [_BLOOD.fullmatch(value) for value in values]
    labels = [match[1].upper().replace("0", "O") if match else "other" for match in matches]
    groups = _grouped(values, labels, ("O", "A", "B", "AB", "other"))
    return GroupSpec(levels=(GroupLevel(name="ABO group", groups=groups),))


def _educated(value: str) -> str:
    text = value.casefold()
    return next((group for group, pattern in _EDUCATION.items() if re.search(pattern, text)), "other")


def _grouped(
    members: Sequence[str], labels: Sequence[str], order: Sequence[str] | dict[str, None]
) -> tuple[Group, ...]:
    """One group a label, in the order given, without the empty ones."""
    under: dict[str, list[str]] = {label: [] for label in order}
    for member, label in zip(members, labels, strict=True):
        under[label].append(member)
    return tuple(Group(label=label, members=tuple(found)) for label, found in under.items() if found)
