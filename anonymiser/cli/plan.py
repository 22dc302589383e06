"""``plan``: a recipe to begin with, at the levels that a recipient's policy names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anonymiser.cli.exits import ExitCode
from anonymiser.cli.inputs import load_recipe, load_table
from anonymiser.cli.joined import nested
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
    recipe: Annotated[Path | None, typer.Option(help="Begin with this recipe, at its own levels.")] = None,
    vault: Annotated[Path | None, typer.Option(help="Your vault: the recipe has to nest in what it remembers.")] = None,
    vault_passphrase_file: Annotated[Path | None, typer.Option(help="The passphrase of the vault.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; otherwise the first.")] = None,
) -> int:
    """Write a recipe to begin with.

    It has suggested roles and the levels that the recipient's policy names, or those of another recipe. Look at it
    before you use it. With a vault it is moved to the nearest setting that nests in every earlier release that the
    recipient may hold together with it; exit code 1 where there is none, and nothing is written.
    """
    from anonymiser.editing import with_roles
    from anonymiser.planning import apply_policy, check_fits, first_recipe, requirements_of
    from anonymiser.recipients import roles_of
    from anonymiser.release.files import plain_words, write_whole
    from anonymiser.suggest import suggest

    policy = policy_named(recipient, POLICIES.values())
    if out.exists():
        raise OutputError(f"'{out.name}' exists. Choose another name: a recipe is never overwritten.")
    microdata = load_table(file, sheet)
    if recipe is None:
        planned = apply_policy(first_recipe(microdata, suggest(microdata), policy), policy, levels=True)
    else:
        planned = load_recipe(recipe)
        check_fits(planned, microdata)
        planned = planned if planned.recipient == policy.name else apply_policy(planned, policy, levels=False)
    given = None if answers is None else answers_in(answers, policy)
    if given is not None:
        planned = with_roles(planned, roles_of(given, planned), policy)
        planned = planned.changed(requirements=requirements_of(planned, policy))
    nests = nested(microdata, planned, vault, vault_passphrase_file)
    if nests is None:
        return ExitCode.NOT_MET
    planned = nests
    try:
        write_whole(out, planned.to_json().encode())
    except OSError as error:
        raise plain_words(error, "writing the recipe") from None
    print_line(
        f"Wrote {out.name}: {len(planned.attributes)} columns, {len(planned.qis)} of them could point at a person."
    )
    if given is not None:
        tell_answers(given, policy, planned)
    print_line("The roles are suggestions. Check them, then run: assess, release.")
    return 0
