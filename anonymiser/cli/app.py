"""The commands put together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import typer
from typer.main import get_command

from anonymiser.cli.assess import assess_command
from anonymiser.cli.audit import audit_app
from anonymiser.cli.check import check_command
from anonymiser.cli.exits import guarded
from anonymiser.cli.ledger import ledger_app
from anonymiser.cli.open import open_command
from anonymiser.cli.plan import plan_command
from anonymiser.cli.present import present_command
from anonymiser.cli.profile import profile_command
from anonymiser.cli.release import release_command
from anonymiser.cli.search import search_command
from anonymiser.cli.transform import transform_command
from anonymiser.cli.vault_app import vault_app

__all__ = ["app", "main"]

app = typer.Typer(
    name="anonymiser",
    help="See how much detail about people can be shared safely, and release it sealed and documented.",
    epilog="Exit codes: 0 done, 1 a requirement or the policy is not met, 2 bad input or a refused package.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("profile")(profile_command)
app.command("assess")(assess_command)
app.command("search")(search_command)
app.command("transform")(transform_command)
app.command("plan")(plan_command)
app.command("release")(release_command)
app.command("open")(open_command)
app.command("check")(check_command)
app.command("present")(present_command)
app.add_typer(audit_app, name="audit")
app.add_typer(vault_app, name="vault")
app.add_typer(ledger_app, name="ledger")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; nothing is raised, unless ``HALFTONE_DEBUG`` is set.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process where left out.
    """
    return guarded(lambda: _command().main(args=arguments, prog_name="python -m anonymiser", standalone_mode=False))


@cache
def _command() -> Any:
    return get_command(app)
