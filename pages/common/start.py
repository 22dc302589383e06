"""Start the dashboard: ``python -m pages.common.start``, with the options of ``streamlit run``.

Streamlit loads an app when its first visitor comes, who would look at an empty page for as long as the libraries take.
Here they are loaded before the server answers.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Final

import streamlit.web.cli

from anonymiser.project import Project
from anonymiser.reading import read
from pages.common import opening, shell, state

__all__ = ["main"]

_APP: Final = Path(shell.__file__).parents[2] / "app.py"
_FIRST_THE_PAGE: Final = 5.0
"""Seconds until the kernels are loaded although nobody has come; a first page begins that itself."""


def main() -> None:
    """Serve the dashboard until it is stopped."""
    Project(read(state.SAMPLE))  # what is looked up for it stays in memory
    waiting = threading.Timer(_FIRST_THE_PAGE, opening.warm)
    waiting.daemon = True
    waiting.start()
    sys.argv = ["streamlit", "run", str(_APP), *sys.argv[1:]]
    streamlit.web.cli.main(prog_name="streamlit")


if __name__ == "__main__":
    main()
