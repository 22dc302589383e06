"""``present``: slides, a risk report and a notebook on a recipe."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from anonymiser.cli.inputs import load_recipe, load_table, read_bytes
from anonymiser.cli.printing import print_line
from anonymiser.planning import check_fits
from anonymiser.presenting import material
from anonymiser.project import Project
from anonymiser.release.files import staging, write_whole

__all__ = ["present_command"]


def present_command(
    file: Annotated[Path, typer.Argument(help="The table: CSV, Excel, Parquet or JSON lines.")],
    *,
    recipe: Annotated[Path, typer.Option(help="A recipe or a project that Halftone saved.")],
    out: Annotated[Path, typer.Option(help="A folder that does not exist, or an empty one.")],
    title: Annotated[str, typer.Option(help="Title of the data; the file's name if left out.")] = "",
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; otherwise the first.")] = None,
) -> int:
    """Write slides, a risk report (HTML and PDF), a notebook and a script.

    No row and no small count is in them; each passes the output check.
    """
    chosen = load_recipe(recipe)
    microdata = load_table(file, sheet)
    check_fits(chosen, microdata)
    project = Project(microdata, chosen)
    project.load_json(read_bytes(recipe))  # a project brings the owner's own policies with it
    files = material(project, datetime.now(tz=UTC).date(), title)
    with staging(out, "writing the presentation") as stage:
        for name, content in files.items():
            write_whole(stage / name, content)
    print_line(f"Written to {out.name}: {', '.join(files)}.")
    print_line("They are for you and your audience; the notebook needs the opened private archive of the release.")
    return 0
