"""``plan``: a recipe to begin with, at the levels that a recipient's policy names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anonymiser.cli.inputs import load_table
from anonymiser.cli.printing import print_line
from anonymiser.cli.recipients import answers_in, policy_named, tell_answers
from anonymiser.errors import OutputError
from anonymiser.policy import POLICIES

__all__ = ["plan_command"]


def plan_command(
    file: Annotated[Path, typer.Argument(help="The table: CSV, Excel, Parquet or JSON lines.")],
    *,
    recipient: Annotated[str, typer.Option(help="The recipient, such as researchers or government.")],
    out: Annotated[Path, typer.Option(help="The recipe to write; it must not exist.")],
    answers: Annotated[Path | None, typer.Option(help="Answers about the recipient, as the page saves them.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; otherwise the first.")] = None,
) -> int:
    """Write a recipe to begin with.

    It has suggested roles and the levels that the recipient's policy names. Look at it before you use it.
    """
    from anonymiser.editing import with_roles
    from anonymiser.planning import apply_policy, first_recipe, requirements_of
    from anonymiser.recipients import roles_of
    from anonymiser.release.files import plain_words, write_whole
    from anonymiser.suggest import suggest

    policy = policy_named(recipient, POLICIES.values())
    if out.exists():
        raise OutputError(f"'{out.name}' exists. Choose another name: a recipe is never overwritten.")
    microdata = load_table(file, sheet)
    recipe = apply_policy(first_recipe(microdata, suggest(microdata), policy), policy, levels=True)
    given = None if answers is None else answers_in(answers, policy)
    if given is not None:
        recipe = with_roles(recipe, roles_of(given, recipe), policy)
        recipe = recipe.changed(requirements=requirements_of(recipe, policy))
    try:
        write_whole(out, recipe.to_json().encode())
    except OSError as error:
        raise plain_words(error, "writing the recipe") from None
    print_line(
        f"Wrote {out.name}: {len(recipe.attributes)} columns, {len(recipe.qis)} of them could point at a person."
    )
    if given is not None:
        tell_answers(given, policy, recipe)
    print_line("The roles are suggestions. Check them, then run: assess, release.")
    return 0
