"""The command line: ``python -m anonymiser --help``."""

from __future__ import annotations

import sys

from anonymiser.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
