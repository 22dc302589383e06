"""Halftone's dashboard: ``python -m pages.common.start``."""

from pages.common.shell import run

run()
