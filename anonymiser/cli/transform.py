"""``transform``: the methods beyond full-domain generalisation, from table to table."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from anonymiser.cli.exits import ExitCode
from anonymiser.cli.figures import as_json, as_sections, headline
from anonymiser.cli.inputs import load_recipe, load_table
from anonymiser.cli.perturbation import perturbation_json, perturbation_sections
from anonymiser.cli.printing import print_json, print_line, print_sections
from anonymiser.cli.quick import QuickOptions, quick_recipe
from anonymiser.errors import InputError, RecipeError
from anonymiser.methods import Transition, method_named, transition_from_csv
from anonymiser.planning import check_fits, requirements_in_force
from anonymiser.recipe import Recipe
from anonymiser.release.order import row_order
from anonymiser.release.table_file import check_place, write_table
from anonymiser.transform.encoded import EncodedTable
from anonymiser.transform.randomness import generators_from, step_key
from anonymiser.transform.run import Transformed, released, transform

__all__ = ["methods_named", "transform_command"]

_SECRET: Final = 32


def transform_command(
    file: Annotated[Path, typer.Argument(help="The table: CSV, Excel, Parquet or JSON lines.")],
    *,
    out: Annotated[Path, typer.Option(help="The file to write: .csv or .parquet; it must not exist.")],
    recipe: Annotated[Path | None, typer.Option(help="A recipe that Halftone saved; instead of the columns.")] = None,
    method: Annotated[
        list[str] | None,
        typer.Option(help="A method, such as mondrian or noise:names=age+weight:size=0.2; may be repeated."),
    ] = None,
    qi: Annotated[str | None, typer.Option(help="Columns that could point at a person: sex,age,zip.")] = None,
    sensitive: Annotated[str | None, typer.Option(help="Columns nobody may learn about a person.")] = None,
    entity: Annotated[str | None, typer.Option(help="Column that tells persons apart: k counts by it.")] = None,
    hierarchies: Annotated[Path | None, typer.Option(help="Folder of hierarchies in ARX's form.")] = None,
    levels: Annotated[str | None, typer.Option(help="Level of each column before any method: age=2,sex=0.")] = None,
    k: Annotated[int | None, typer.Option(help="Smallest group allowed; 5 if left out.")] = None,
    suppression: Annotated[
        float | None, typer.Option(help="Share that may be left out, 0 to 1; 0 if left out.")
    ] = None,
    require: Annotated[
        list[str] | None, typer.Option(help="A model beside k, such as entropy_l:disease:3; may be repeated.")
    ] = None,
    as_json_object: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; otherwise the first.")] = None,
) -> int:
    """Change the records of a table by methods, measure what came out, and write it.

    Exit code 1, and nothing written, if the requirements are not met. The rows stand in random order.
    """
    options = QuickOptions(qi, sensitive, hierarchies, levels, k, suppression, tuple(require or ()), entity)
    if recipe is not None and options.any_given:
        raise InputError("A recipe says everything but the methods. Leave out the other options, or --recipe.")
    check_place(out)
    microdata = load_table(file, sheet)
    chosen = quick_recipe(microdata, options) if recipe is None else load_recipe(recipe)
    if recipe is not None:
        check_fits(chosen, microdata)
    if method:
        chosen = chosen.changed(methods=methods_named(method))
    table = EncodedTable(microdata, strict=recipe is None)
    secret = os.urandom(_SECRET)
    made = transform(table, chosen, requirements_in_force(chosen), generators_from(step_key(secret)))
    assessment = made.assessment
    if assessment.met:
        leaving = released(made.draft, chosen)
        order = row_order(leaving.rows, step_key(secret)("row order"))
        write_table(leaving, order, out)
    if as_json_object:
        print_json(as_json(assessment, chosen) | _fields(made, chosen) | perturbation_json(made))
    else:
        print_line(f"{microdata.name}: {headline(assessment)}")
        for sentence in (sentence for record in made.draft.record for sentence in record.sentences):
            print_line(sentence)
        print_sections([*as_sections(assessment, chosen), *perturbation_sections(made)])
        print_line(f"Written: {out.name}." if assessment.met else "Nothing was written.")
    return ExitCode.DONE if assessment.met else ExitCode.NOT_MET


def methods_named(texts: Sequence[str]) -> tuple[object, ...]:
    """Methods with their parameters, as ``--method`` gives them: ``name:parameter=value:…``, columns joined by ``+``.

    Raises
    ------
    InputError
        No such method or parameter, or a value that cannot be.

    Examples
    --------
    >>> methods_named(["mondrian:relaxed=true"])
    (Mondrian(method='mondrian', relaxed=True),)
    """
    return tuple(_method(text) for text in texts)


def _method(text: str) -> object:
    name, *parts = text.split(":")
    kind = method_named(name.strip())
    several = {key for key, field in kind.model_json_schema()["properties"].items() if field.get("type") == "array"}
    given: dict[str, object] = {}
    for part in parts:
        key, mark, value = part.partition("=")
        if not mark or key not in kind.model_fields or key == "method":
            known = ", ".join(sorted(set(kind.model_fields) - {"method"})) or "none"
            raise InputError(f"--method {name} has no parameter '{key}'. It has: {known}. Write parameter=value.")
        given[key] = _matrix(value) if key == "matrix" else tuple(value.split("+")) if key in several else value
    try:
        return kind(**given)
    except ValueError as error:
        first = error.errors(include_url=False)[0] if hasattr(error, "errors") else {"loc": (), "msg": str(error)}
        where = ".".join(str(place) for place in first["loc"]) or "its parameters"
        raise RecipeError(f"--method {name} cannot be used: {where}: {first['msg']}.") from None


def _matrix(path: str) -> Transition:
    """A transition matrix from a CSV file."""
    try:
        return transition_from_csv(Path(path).read_bytes())
    except OSError:
        raise InputError(f"The transition matrix {Path(path).name} cannot be read.") from None


def _fields(made: Transformed, recipe: Recipe) -> dict[str, object]:
    """What the JSON object has beside the measures."""
    return {
        "k": None if made.assessment.no_k else made.assessment.k,
        "no_k": made.assessment.no_k or None,
        "methods": [spec.model_dump(mode="json") for spec in recipe.methods],
        "done": [
            {"method": record.method, "sentences": list(record.sentences), "changed": dict(record.changed)}
            for record in made.draft.record
        ],
    }
