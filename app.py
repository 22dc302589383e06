"""Halftone's dashboard: ``streamlit run app.py``."""

from pages.common.shell import run

run()
