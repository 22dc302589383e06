"""A recipe from the options of the command line: quasi-identifiers, hierarchies and levels, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from anonymiser.attributes import Role
from anonymiser.cli.inputs import columns_named, levels_named
from anonymiser.cli.require import requirements_named
from anonymiser.errors import InputError
from anonymiser.hierarchies import FlatSpec, HierarchySpec, hierarchies_in_folder
from anonymiser.limits import MAX_QIS
from anonymiser.microdata import Microdata
from anonymiser.privacy import KAnonymity
from anonymiser.recipe import AttributePlan, Recipe, Treatment

__all__ = ["QuickOptions", "quick_recipe"]

_MAX_K: Final = 2**31 - 1


@dataclass(frozen=True)
class QuickOptions:
    """The options as given; None where one is left out."""

    qi: str | None = None
    sensitive: str | None = None
    hierarchies: Path | None = None
    levels: str | None = None
    k: int | None = None
    suppression: float | None = None
    require: tuple[str, ...] = ()
    entity: str | None = None

    @property
    def any_given(self) -> bool:
        """Whether any is there."""
        every = (self.qi, self.sensitive, self.hierarchies, self.levels, self.k, self.suppression, self.entity)
        return bool(self.require) or any(option is not None for option in every)


def quick_recipe(microdata: Microdata, options: QuickOptions) -> Recipe:
    """The recipe that the options describe.

    Defaults: level 0 everywhere, k = 5, nothing suppressed. Without a hierarchy a column has two
    levels, itself and ``*``. Sensitive columns are taken exactly as they are; a hierarchy of theirs
    only says how far apart their values are.

    Raises
    ------
    InputError
        The options contradict each other or the table.
    HierarchyError
        A hierarchy is malformed.
    """
    qis = columns_named("--qi", options.qi or "", microdata.names)
    sensitive = columns_named("--sensitive", options.sensitive or "", microdata.names)
    _check(options, qis, sensitive)
    people = columns_named("--entity", options.entity or "", microdata.names)
    _check_people(people, (*qis, *sensitive))
    levels = levels_named(options.levels or "", qis)
    rules = _rules(options.hierarchies, (*qis, *sensitive), microdata.names)
    attributes = [_quasi(name, rules, levels.get(name, 0)) for name in qis]
    attributes += [
        AttributePlan(name=name, role=Role.SENSITIVE, hierarchy=rules.get(name, FlatSpec())) for name in sensitive
    ]
    attributes += [
        AttributePlan(name=name, role=Role.PERSON, hierarchy=FlatSpec(), treatment=Treatment.DROP) for name in people
    ]
    return Recipe(
        attributes=tuple(attributes),
        requirements=(
            KAnonymity(k=5 if options.k is None else options.k),
            *requirements_named(options.require, sensitive),
        ),
        suppression=0.0 if options.suppression is None else options.suppression,
    )


def _check(options: QuickOptions, qis: Sequence[str], sensitive: Sequence[str]) -> None:
    if not qis:
        raise InputError("No quasi-identifier is chosen. Name the columns that could point at a person: --qi sex,age.")
    if len(qis) > MAX_QIS:
        raise InputError(f"--qi names {len(qis)} columns; at most {MAX_QIS} can be measured together.")
    both = [name for name in sensitive if name in qis]
    if both:
        raise InputError(f"The column '{both[0]}' is in --qi and in --sensitive. Choose one of them.")
    if options.k is not None and not 1 <= options.k <= _MAX_K:
        raise InputError(f"--k must be a whole number from 1 to {_MAX_K:,}.")
    if options.suppression is not None and not 0 <= options.suppression <= 1:
        raise InputError("--suppression must be a share from 0 to 1; 0.02 allows 2 % of the records to be left out.")


def _check_people(people: Sequence[str], others: Sequence[str]) -> None:
    if len(people) > 1:
        raise InputError("--entity takes one column: the one by which people are told apart.")
    if people and people[0] in others:
        raise InputError(f"The column '{people[0]}' is in --entity and in --qi or --sensitive. Choose one of them.")


def _rules(folder: Path | None, qis: Sequence[str], columns: Sequence[str]) -> Mapping[str, HierarchySpec]:
    if folder is None:
        return {}
    # A file belongs to the longest column name that fits it, also where that column is not asked for.
    longer = [name for name in columns if name not in qis and any(name.endswith(f"_{qi}") for qi in qis)]
    return hierarchies_in_folder(folder, [*qis, *longer])


def _quasi(name: str, rules: Mapping[str, HierarchySpec], level: int) -> AttributePlan:
    rule: HierarchySpec = rules.get(name, FlatSpec())
    top = len(rule.level_names) - 1
    if level > top:
        raise InputError(f"--levels: '{name}' has levels 0 to {top}, not {level}.")
    return AttributePlan(name=name, role=Role.QUASI, hierarchy=rule, level=level)
