"""Slides, report and notebook, to take along."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

import streamlit as st

from anonymiser.presenting import material
from anonymiser.project import Project
from anonymiser.recipe import Recipe
from pages.common.release_words import today

__all__ = ["offer"]

_WORDS: Final = {
    "slides.pptx": ("Slides", ":material/slideshow:", "Ten slides with what to say in the notes."),
    "risk_report.html": ("Risk report as a page", ":material/description:", "For a browser; it asks no other host."),
    "risk_report.pdf": ("Risk report as PDF", ":material/picture_as_pdf:", "To print or to file."),
    "notebook.ipynb": ("Notebook", ":material/code_blocks:", "Makes the release again, from input, recipe and key."),
    "notebook.py": ("Script", ":material/code:", "The same without Jupyter."),
}
_KINDS: Final = {
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".ipynb": "application/x-ipynb+json",
    ".py": "text/x-python",
}
_MADE: Final[WeakKeyDictionary[Project, tuple[Recipe, Mapping[str, bytes]]]] = WeakKeyDictionary()
"""What was made last for each project, and of which recipe."""


def offer(project: Project) -> None:
    """Make the files when asked to, and hand them over."""
    st.subheader("To take along", anchor=False)
    made = _MADE.get(project)
    if made is None or made[0] != project.recipe:
        st.markdown(
            "Slides, a risk report and a notebook on the current setting. No row and no small count is in them: "
            "each file passes the output check first."
        )
        if st.button("Make slides, report and notebook", key="make-material", icon=":material/draw:"):
            bar = st.progress(0.0, "Beginning")
            _MADE[project] = (project.recipe, material(project, today(), progress=bar.progress))
            st.rerun()
        return
    st.markdown("Made from the current setting; each file passed the output check.")
    stem = Path(project.microdata.name).stem or "table"
    for name, content in made[1].items():
        label, icon, about = _WORDS[name]
        st.download_button(
            label,
            data=content,
            file_name=f"{stem}_{name}",
            mime=_KINDS[Path(name).suffix],
            key=f"take-{name}",
            icon=icon,
            help=about,
            type="primary" if name == "slides.pptx" else "secondary",
            on_click="ignore",
            width="stretch",
        )
