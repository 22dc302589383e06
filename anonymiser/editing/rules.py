"""The rules by which an owner has values blurred: ranges, groups and the like, from what she types.

Everything here is pure: a recipe goes in, a recipe comes out; the caller decides whether to keep it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Final

from pydantic import ValidationError

from anonymiser.errors import HierarchyError
from anonymiser.hierarchies import (
    CountrySpec,
    DateSpec,
    FlatSpec,
    Group,
    GroupLevel,
    GroupSpec,
    HierarchySpec,
    IntervalLevel,
    IntervalSpec,
    MaskSpec,
    PostcodeSpec,
    RareSpec,
    TableSpec,
    bands_for,
    countries_for,
    intervals_for,
    mask_for,
    rare_for,
)
from anonymiser.hierarchies.cuts import numbers_of
from anonymiser.hierarchies.dates import dates_for
from anonymiser.hierarchies.numbers import show_number
from anonymiser.limits import HIDDEN, MAX_NAMED_VALUES
from anonymiser.microdata import Column

__all__ = [
    "MOST_LISTED",
    "NumberRule",
    "RuleKind",
    "edge_rows",
    "edges_rule",
    "group_rows",
    "groups_rule",
    "kind_of",
    "kinds_for",
    "new_rule",
    "number_rule",
    "numbers_in",
]

MOST_LISTED: Final = 200
"""Values that a person can sort into groups by hand."""
_NUMERIC_SHARE: Final = 0.5
_WIDTHS: Final = (1.0, 5.0, 10.0)


class RuleKind(Enum):
    """Ways to blur a column, in words."""

    FLAT = "Exact or hidden, nothing between"
    DATES = "Dates: month, year, bands of years"
    NUMBERS = "Numbers in ranges"
    POSTCODES = "UK postcodes: district, area, region"
    COUNTRIES = "Countries: sub-region, continent, blocs"
    GROUPS = "Groups that you name"
    MASK = "Characters hidden one by one"
    RARE = "Rare values merged"


_KINDS: Final[dict[type, RuleKind]] = {
    FlatSpec: RuleKind.FLAT,
    DateSpec: RuleKind.DATES,
    IntervalSpec: RuleKind.NUMBERS,
    PostcodeSpec: RuleKind.POSTCODES,
    CountrySpec: RuleKind.COUNTRIES,
    GroupSpec: RuleKind.GROUPS,
    TableSpec: RuleKind.GROUPS,
    MaskSpec: RuleKind.MASK,
    RareSpec: RuleKind.RARE,
}


@dataclass(frozen=True)
class NumberRule:
    """What an owner chooses for numbers in ranges.

    Attributes
    ----------
    widths : tuple of float
        Of equal ranges, each dividing the next.
    bands : int
        Bands with about equally many people as the last level; 0 for none.
    bottom, top : float or None
        Everything below, and everything from here on, is one range (bottom and top coding).
    fewest : int
        Ranges at the ends are joined until they hold this many people.
    unit : str
    """

    widths: tuple[float, ...] = _WIDTHS
    bands: int = 0
    bottom: float | None = None
    top: float | None = None
    fewest: int = 5
    unit: str = ""


def kind_of(spec: HierarchySpec) -> RuleKind:
    """The kind of a rule, in words."""
    return _KINDS[type(spec)]


def kinds_for(column: Column, spec: HierarchySpec) -> tuple[RuleKind, ...]:
    """The kinds that make sense for a column, the present one included."""
    present = kind_of(spec)
    few = len(column.values) <= MOST_LISTED
    numeric = numbers_of(column).share >= _NUMERIC_SHARE
    unwanted = {
        kind
        for kind, useful in (
            (RuleKind.NUMBERS, numeric),
            (RuleKind.COUNTRIES, not numeric),
            (RuleKind.POSTCODES, not numeric),
            (RuleKind.GROUPS, few),
        )
        if not useful and kind is not present
    }
    return tuple(kind for kind in RuleKind if kind not in unwanted)


def new_rule(kind: RuleKind, column: Column, *, date_format: str = "%d/%m/%Y", fewest: int = 5) -> HierarchySpec:
    """A rule of a kind, with parameters that suit the column.

    Raises
    ------
    HierarchyError
        The column cannot be blurred in this way.
    """
    makers: dict[RuleKind, Callable[[], HierarchySpec]] = {
        RuleKind.FLAT: FlatSpec,
        RuleKind.DATES: lambda: dates_for(column, date_format, min_count=fewest),
        RuleKind.NUMBERS: lambda: number_rule(column, NumberRule(fewest=fewest)),
        RuleKind.POSTCODES: PostcodeSpec,
        RuleKind.COUNTRIES: lambda: countries_for(column, fewest),
        RuleKind.GROUPS: lambda: groups_rule(("groups",), [(value, value) for value in column.values]),
        RuleKind.MASK: lambda: mask_for(column),
        RuleKind.RARE: lambda: rare_for(column, fewest),
    }
    return makers[kind]()


def number_rule(column: Column, rule: NumberRule) -> IntervalSpec:
    """Numbers in ranges of equal widths, then bands with about equally many people.

    Raises
    ------
    HierarchyError
        The widths do not nest, there would be too many ranges, or nothing is left of them.
    """
    spec = intervals_for(column, rule.widths, bottom=rule.bottom, top=rule.top, min_count=rule.fewest, unit=rule.unit)
    if rule.bands:
        widest = rule.widths[-1] if spec.levels else None
        band = bands_for(column, rule.bands, min_count=rule.fewest, multiple_of=widest, unit=rule.unit)
        allowed = set(spec.levels[-1].edges) if spec.levels else set(band.edges)
        edges = tuple(edge for edge in band.edges if edge in allowed)
        if edges and edges != (spec.levels[-1].edges if spec.levels else ()):
            labels = band.labels if edges == band.edges else ()
            name = band.name if edges == band.edges else f"{len(edges) + 1} bands"
            last = IntervalLevel(name=name, edges=edges, labels=labels)
            spec = spec.model_copy(update={"levels": (*spec.levels, last)})
    if not spec.levels:
        raise HierarchyError(
            f"No range of '{column.name}' would hold {rule.fewest} people. Choose wider ranges, or fewer people."
        )
    return spec


def numbers_in(spec: HierarchySpec) -> NumberRule:
    """The parameters with which a rule could have been made; where it cannot, the usual ones.

    Examples
    --------
    >>> level = IntervalLevel(name="5 kg", edges=(60, 65, 70))
    >>> numbers_in(IntervalSpec(levels=(level,), unit="kg")).widths
    (5.0,)
    """
    if not isinstance(spec, IntervalSpec):
        return NumberRule()
    equal = [level.edges for level in spec.levels if not level.labels and len(level.edges) > 1]
    widths = [min(round(b - a, 9) for a, b in pairwise(edges)) for edges in equal]
    bands = [len(level.labels) or len(level.edges) + 1 for level in spec.levels if level.labels]
    return NumberRule(widths=tuple(dict.fromkeys(widths)) or _WIDTHS, bands=bands[-1] if bands else 0, unit=spec.unit)


def edge_rows(spec: IntervalSpec) -> list[tuple[str, str]]:
    """Each level's word and its edges, for a table that a person edits."""
    return [(level.name, ", ".join(show_number(edge) for edge in level.edges)) for level in spec.levels]


def edges_rule(spec: IntervalSpec, rows: Iterable[tuple[str, str]]) -> IntervalSpec:
    """The rule with other levels; labels of a level whose edges did not change stay.

    Raises
    ------
    HierarchyError
        An edge is no number, edges do not increase or cut through finer ranges, or a word stands twice.
    """
    known = {level.edges: level.labels for level in spec.levels}
    levels = []
    for name, text in rows:
        if not name.strip():
            raise HierarchyError("A level has no word. Give each level a word for its slider.")
        try:
            edges = tuple(float(part) for part in text.replace(";", ",").split(",") if part.strip())
        except ValueError:
            raise HierarchyError(
                f"An edge of '{name}' is not a number. Write numbers with commas between them: 18.5, 25, 30."
            ) from None
        if not edges:
            raise HierarchyError(f"'{name}' has no edge, so it would be one range. Take the level out.")
        levels.append(_checked_level(name.strip(), edges, known.get(edges, ())))
    return spec.model_copy(update={"levels": tuple(levels)})


def group_rows(spec: HierarchySpec) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The words of the levels between exact and hidden, and each value with its labels there.

    Parameters
    ----------
    spec : GroupSpec or TableSpec
        Any other has no rows.
    """
    if isinstance(spec, TableSpec):
        hides = all(row[-1] == HIDDEN for row in spec.rows)
        stop = -1 if hides else None
        return spec.level_names[1:stop], [row[:stop] for row in spec.rows]
    if not isinstance(spec, GroupSpec) or not spec.levels:
        return (), []
    rows: list[tuple[str, ...]] = [(member, group.label) for group in spec.levels[0].groups for member in group.members]
    for level in spec.levels[1:]:
        above = {member: group.label for group in level.groups for member in group.members}
        rows = [(*row, above[row[-1]]) for row in rows]
    return tuple(level.name for level in spec.levels), rows


def groups_rule(names: Sequence[str], rows: Sequence[Sequence[str]]) -> GroupSpec:
    """Named groups from a table: a value a row, then its label at each level between exact and hidden.

    Raises
    ------
    HierarchyError
        A value has no group, stands twice, or one group is in two groups of the next level. The error carries at
        most five of the values or labels.
    """
    cells = [tuple(str(cell or "").strip() for cell in row) for row in rows]
    empty = tuple(row[0] for row in cells if not all(row))
    if empty:
        raise HierarchyError(
            f"{len(empty)} values have no group at some level. Give each value a group.", empty[:MAX_NAMED_VALUES]
        )
    _each_once([row[0] for row in cells])
    levels = []
    for place, name in enumerate(names, start=1):
        under: dict[str, dict[str, None]] = {}
        for row in cells:
            under.setdefault(row[place], {})[row[place - 1]] = None
        groups = tuple(Group(label=label, members=tuple(members)) for label, members in under.items())
        levels.append(GroupLevel(name=name, groups=groups))
    return GroupSpec(levels=tuple(levels))


def _each_once(values: Sequence[str]) -> None:
    doubled = tuple(dict.fromkeys(value for value in values if values.count(value) > 1))
    if doubled:
        raise HierarchyError(f"{len(doubled)} values stand in more rows than one. Keep one.", doubled)


def _checked_level(name: str, edges: tuple[float, ...], labels: tuple[str, ...]) -> IntervalLevel:
    try:
        return IntervalLevel(name=name, edges=edges, labels=labels)
    except ValidationError:
        raise HierarchyError(f"The edges of '{name}' cannot be used. Write increasing numbers.") from None
