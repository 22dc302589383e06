"""``search``: the levels that lose least under the requirements, and the whole lattice as a file."""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import typer

from anonymiser.assessment import assess
from anonymiser.cli.answers import NO_ANSWERS
from anonymiser.cli.bounds import Bounds, weights_of
from anonymiser.cli.exits import ExitCode
from anonymiser.cli.figures import as_json, as_sections, headline
from anonymiser.cli.inputs import load_recipe, load_table
from anonymiser.cli.population import Population, load_population
from anonymiser.cli.printing import print_json, print_line, print_sections
from anonymiser.cli.quick import QuickOptions, quick_recipe
from anonymiser.cli.risks import RiskOptions, risk_fields
from anonymiser.engine import backend
from anonymiser.engine.frequency import FrequencySet, build, roll_up
from anonymiser.engine.lattice import LatticeSums, Progress
from anonymiser.errors import InputError
from anonymiser.planning import check_fits, requirements_in_force
from anonymiser.privacy import PrivacyModel
from anonymiser.recipe import Recipe
from anonymiser.search import LARGEST, By, Finding, Searcher, measure_lattice, tabulate
from anonymiser.transform.encoded import EncodedTable

__all__ = ["search_command"]

_WORTH_LOADING: Final = 1_000_000
"""Classes times nodes from which the compiled kernels repay the time it takes to load them."""
_MOST_ROWS: Final = 2_000_000
"""Nodes that ``--all`` writes at most."""
_LONGEST: Final = 60.0
"""Seconds for a lattice too large to be searched node by node, where ``--seconds`` is left out."""
_EVERY: Final = 0.5


def search_command(
    file: Annotated[Path, typer.Argument(help="The table: CSV, Excel, Parquet or JSON lines.")],
    *,
    recipe: Annotated[Path | None, typer.Option(help="A recipe that Halftone saved: its levels are not used.")] = None,
    qi: Annotated[str | None, typer.Option(help="Columns that could point at a person: sex,age,zip.")] = None,
    sensitive: Annotated[str | None, typer.Option(help="Columns nobody may learn about a person.")] = None,
    entity: Annotated[str | None, typer.Option(help="Column that tells persons apart: k counts by it.")] = None,
    hierarchies: Annotated[Path | None, typer.Option(help="Folder of hierarchies in ARX's form.")] = None,
    k: Annotated[int | None, typer.Option(help="Smallest group allowed; 5 if left out.")] = None,
    suppression: Annotated[
        float | None, typer.Option(help="Share that may be left out, 0 to 1; 0 if left out.")
    ] = None,
    require: Annotated[
        list[str] | None, typer.Option(help="A model beside k, such as entropy_l:disease:3; may be repeated.")
    ] = None,
    population: Annotated[Path | None, typer.Option(help="A table of the people that this one was drawn from.")] = None,
    by: Annotated[By, typer.Option(help="What is to be small.")] = By.LOSS,
    importance: Annotated[
        str | None, typer.Option(help="How much a column's detail matters: age=2,zip=0.5; otherwise 1.")
    ] = None,
    lowest: Annotated[str | None, typer.Option(help="Lowest level allowed: age=1,zip=2.")] = None,
    highest: Annotated[str | None, typer.Option(help="Highest level allowed: age=3.")] = None,
    fix: Annotated[str | None, typer.Option(help="Levels that are to stay: sex=0.")] = None,
    seconds: Annotated[
        float | None,
        typer.Option(
            help="Stop then, and say how far it came: how much better may exist, with --all how many were written."
        ),
    ] = None,
    every: Annotated[Path | None, typer.Option("--all", help="Write every setting to this Parquet file.")] = None,
    as_json_object: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; otherwise the first.")] = None,
) -> int:
    """Find the levels that lose least and meet the requirements.

    Prints what the command assess prints, for the best setting. Exit code 1 if no setting meets the
    requirements; then the figures are those of the most general one.
    """
    options = QuickOptions(qi, sensitive, hierarchies, None, k, suppression, tuple(require or ()), entity)
    if recipe is not None and options.any_given:
        raise InputError("A recipe says everything. Leave out the other options, or leave out --recipe.")
    if seconds is not None and not seconds > 0:
        raise InputError("--seconds must be a number above 0.")
    microdata = load_table(file, sheet)
    if recipe is None:
        chosen = quick_recipe(microdata, options)
    else:
        chosen = load_recipe(recipe)
        check_fits(chosen, microdata)
    table = EncodedTable(microdata, strict=recipe is None)
    made, leaves = table.qis(chosen)
    low, high = Bounds(lowest, highest, fix).levels(made)
    weights = weights_of(importance, made)
    nodes = math.prod(h.height + 1 for h in made)
    if every is not None:
        _check_target(every, nodes, (file, recipe))
    if nodes * microdata.rows > _WORTH_LOADING:
        backend.warm()
    root = build(made, leaves, table.sensitive(chosen), histograms=True)
    everybody = load_population(population, table, chosen, root)
    settings = math.prod(b - a + 1 for a, b in zip(low, high, strict=True))
    time_for_all = None if seconds is None or every is None else seconds / 2
    watch = _Watch(_LONGEST if seconds is None and settings > LARGEST else time_for_all or seconds)
    search = Searcher(root, everybody.in_force(chosen), chosen.suppression, by=by, weights=weights)
    found = search.find(low, high, watch=watch)
    written = None
    if every is not None:
        sums = _measure_all(root, everybody.in_force(chosen), time_for_all)
        tabulate(root, sums, chosen.k, chosen.suppression, weights=weights).write(every, of=nodes)
        written = _Written(len(sums.nodes), nodes)
    answer = _Answer(found, tuple(high), by, watch.checked, everybody, written)
    return _say(table, chosen, root, answer, as_json_object=as_json_object)


class _Written(NamedTuple):
    """How many settings ``--all`` wrote, and how many there are."""

    settings: int
    of: int

    @property
    def sentence(self) -> str:
        """How far it came, for a person."""
        if self.settings == self.of:
            return f"Every setting was written: {self.of:,}."
        return f"Time was up: {self.settings:,} of {self.of:,} settings were written."


class _Answer(NamedTuple):
    """What a search found; ``top`` is the most general setting that it could look at."""

    found: Finding | None
    top: tuple[int, ...]
    by: By
    checked: int
    everybody: Population
    written: _Written | None = None

    @property
    def fields(self) -> dict[str, object]:
        """What ``--json`` adds to the measures."""
        score, gap = (None, None) if self.found is None else (self.found.score, self.found.gap)
        fields = {
            "by": self.by.value,
            "score": score,
            "checked": self.checked,
            "gap": gap,
            **self.everybody.fields,
            **NO_ANSWERS,
        }
        if self.written is not None:
            fields |= {"settings": self.written.of, "settings_written": self.written.settings}
        return fields

    @property
    def sentence(self) -> str:
        """The same for a person."""
        if self.found is None:
            return "No setting meets the requirements; this is the most general one."
        gap = 100 * self.found.gap
        exact = f"At most {gap:.1f} % better may exist." if gap else "No setting is better."
        return f"Best by {self.by.value}: {self.found.score:,.6g}. {exact}"


def _say(table: EncodedTable, recipe: Recipe, root: FrequencySet, answer: _Answer, *, as_json_object: bool) -> int:
    """Print the best setting, or the most general one where none is safe."""
    node = answer.top if answer.found is None else answer.found.node
    there = recipe.with_levels({plan.name: level for plan, level in zip(recipe.qis, node, strict=True)})
    classes = roll_up(root, node)
    assessment = assess(
        classes, requirements_in_force(there), there.suppression, target_k=there.k, population=answer.everybody.classes
    )
    if as_json_object:
        risks = risk_fields(table, there, classes, assessment, RiskOptions(), population=answer.everybody.classes)
        print_json(as_json(assessment, there) | risks | {"unseen": table.unseen(there)} | answer.fields)
    else:
        told = "" if answer.written is None else f" {answer.written.sentence}"
        print_line(f"{table.microdata.name}: {headline(assessment)} {answer.sentence}{told}")
        print_sections(as_sections(assessment, there))
    return ExitCode.NOT_MET if answer.found is None else ExitCode.DONE


class _Watch:
    """Counts what was looked at, ends the search in time, and tells a person who watches the terminal."""

    def __init__(self, seconds: float | None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds
        self._told = time.monotonic() + _EVERY
        self.checked = 0

    def __call__(self, checked: int, best: float | None, gap: float) -> bool:
        self.checked = checked
        now = time.monotonic()
        if now > self._told and sys.stderr.isatty():
            self._told = now + _EVERY
            so_far = (
                "none is safe yet"
                if best is None
                else f"best so far {best:,.6g}, at most {100 * gap:.0f} % better exists"
            )
            sys.stderr.write(f"\r{checked:,} settings looked at, {so_far} \x1b[K")
            sys.stderr.flush()
        return self._end is not None and now > self._end


def _check_target(target: Path, nodes: int, given: Sequence[Path | None]) -> None:
    """Refuse what cannot be written, before anything is computed."""
    if nodes > _MOST_ROWS:
        raise InputError(
            f"There are {nodes:,} settings, and --all writes at most {_MOST_ROWS:,}. "
            "Leave out a column, or leave out --all."
        )
    if target.is_dir() or not target.parent.is_dir():
        raise InputError(f"--all: {target.name} cannot be written there. Name a file in a folder that exists.")
    if any(one is not None and one.exists() and target.exists() and one.samefile(target) for one in given):
        raise InputError("--all names a file that is read. Choose another name.")


def _measure_all(root: FrequencySet, wanted: Sequence[PrivacyModel], seconds: float | None) -> LatticeSums:
    """Measure every setting, or as many as the time allows."""
    progress = Progress()
    alarm = None if seconds is None else threading.Timer(seconds, progress.cancel)
    if alarm is not None:
        alarm.daemon = True
        alarm.start()
    try:
        sums = measure_lattice(root, wanted, details=True, partial=True, progress=progress)
    finally:
        if alarm is not None:
            alarm.cancel()
    if sums is None:
        raise RuntimeError("a walk that may be partial has a result")
    return sums
