"""``assess``: every measure of a table at one setting."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from anonymiser.assessment import assess
from anonymiser.cli.answers import NO_ANSWERS, answer_fields
from anonymiser.cli.exits import ExitCode
from anonymiser.cli.figures import as_json, as_sections, headline
from anonymiser.cli.inputs import load_recipe, load_table
from anonymiser.cli.joined import compared
from anonymiser.cli.population import load_population
from anonymiser.cli.printing import print_json, print_line, print_sections, print_unseen
from anonymiser.cli.quick import QuickOptions, quick_recipe
from anonymiser.cli.risks import RiskOptions, risk_fields
from anonymiser.engine import backend
from anonymiser.engine.frequency import FrequencySet, build, roll_up
from anonymiser.errors import InputError
from anonymiser.planning import check_fits, requirements_in_force
from anonymiser.recipe import Recipe
from anonymiser.transform.encoded import EncodedTable

__all__ = ["assess_command"]

_WORTH_LOADING: Final = 2_000_000
"""Rows from which the compiled kernels repay the time it takes to load them, for a single setting."""


def assess_command(
    file: Annotated[Path, typer.Argument(help="The table: CSV, Excel, Parquet or JSON lines.")],
    *,
    recipe: Annotated[Path | None, typer.Option(help="A recipe that Halftone saved; instead of all below.")] = None,
    qi: Annotated[str | None, typer.Option(help="Columns that could point at a person: sex,age,zip.")] = None,
    sensitive: Annotated[str | None, typer.Option(help="Columns nobody may learn about a person.")] = None,
    entity: Annotated[str | None, typer.Option(help="Column that tells persons apart: k counts by it.")] = None,
    hierarchies: Annotated[Path | None, typer.Option(help="Folder of hierarchies in ARX's form.")] = None,
    levels: Annotated[str | None, typer.Option(help="Level of each column: age=2,sex=0; otherwise 0.")] = None,
    k: Annotated[int | None, typer.Option(help="Smallest group allowed; 5 if left out.")] = None,
    suppression: Annotated[
        float | None, typer.Option(help="Share that may be left out, 0 to 1; 0 if left out.")
    ] = None,
    require: Annotated[
        list[str] | None, typer.Option(help="A model beside k, such as entropy_l:disease:3; may be repeated.")
    ] = None,
    population: Annotated[Path | None, typer.Option(help="A table of the people that this one was drawn from.")] = None,
    threshold: Annotated[float | None, typer.Option(help="A record is at risk above it; 0.2 if left out.")] = None,
    sampling_fraction: Annotated[float | None, typer.Option(help="Share of the population that the table is.")] = None,
    weights: Annotated[str | None, typer.Option(help="Column of sampling weights, for the individual risk.")] = None,
    with_suda: Annotated[bool, typer.Option("--suda", help="SUDA2 scores as well.")] = False,
    vault: Annotated[
        Path | None, typer.Option(help="Your vault: join it with the earlier releases; a recipe's.")
    ] = None,
    vault_passphrase_file: Annotated[Path | None, typer.Option(help="The passphrase of the vault.")] = None,
    with_combinations: Annotated[
        bool, typer.Option("--combinations", help="Which few columns single out most records as well.")
    ] = False,
    with_answers: Annotated[
        bool, typer.Option("--answers", help="Counts, guesses and propensities from the release as well.")
    ] = False,
    as_json_object: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; otherwise the first.")] = None,
) -> int:
    """Measure a table as it would be released.

    Exit code 1 if the requirement is not met; the figures are printed all the same.
    """
    options = QuickOptions(qi, sensitive, hierarchies, levels, k, suppression, tuple(require or ()), entity)
    risk = RiskOptions(threshold, sampling_fraction, weights, with_suda, with_combinations)
    risk.check()
    if recipe is not None and options.any_given:
        raise InputError("A recipe says everything. Leave out the other options, or leave out --recipe.")
    if (vault or vault_passphrase_file) and recipe is None:
        raise InputError(
            "Only a recipe can be joined with earlier releases: it says who gets the release. Add --recipe."
        )
    microdata = load_table(file, sheet)
    if microdata.rows > _WORTH_LOADING:
        backend.warm()
    if recipe is not None:
        chosen = load_recipe(recipe)
        check_fits(chosen, microdata)
    else:
        chosen = quick_recipe(microdata, options)
    table = EncodedTable(microdata, strict=recipe is None)
    finest = _finest(table, chosen)
    everybody = load_population(population, table, chosen, finest)
    classes = roll_up(finest, chosen.node)
    required = requirements_in_force(chosen)
    assessment = assess(classes, required, chosen.suppression, target_k=chosen.k, population=everybody.classes)
    unseen = table.unseen(chosen)
    beside = compared(microdata, chosen, vault, vault_passphrase_file)
    if as_json_object:
        answers = NO_ANSWERS
        if with_answers:
            asked, suppress = everybody.in_force(chosen), assessment.suppressed > 0
            answers = answer_fields(table, chosen, finest, asked, suppress=suppress)
        risks = risk_fields(table, chosen, classes, assessment, risk, population=everybody.classes)
        joined = {} if beside is None else {"joined": beside.fields}
        print_json(as_json(assessment, chosen) | risks | everybody.fields | answers | {"unseen": unseen} | joined)
    else:
        print_line(f"{microdata.name}: {headline(assessment)}")
        print_sections(as_sections(assessment, chosen))
        print_unseen(unseen)
        for sentence in everybody.sentences:
            print_line(sentence)
        for sentence in beside.sentences if beside else ():
            print_line(sentence)
    return ExitCode.DONE if assessment.met else ExitCode.NOT_MET


def _finest(table: EncodedTable, recipe: Recipe) -> FrequencySet:
    """The classes at level 0: some measures compare with it."""
    hierarchies, leaves = table.qis(recipe)
    return build(hierarchies, leaves, table.sensitive(recipe), histograms=True)
