"""Which kept setting was chosen for which recipient, and the notes beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from anonymiser.project import Project, Scenario

__all__ = ["choices", "chosen_for", "mark", "note_of", "set_note", "unmark"]

_MARK: Final = "Chosen for: "


def choices(project: Project) -> dict[str, str | None]:
    """The kept setting that was chosen for each recipient for whom one was kept; None where none was chosen yet."""
    found: dict[str, str | None] = {}
    for kept in project.scenarios:
        recipient = chosen_for(kept)
        found.setdefault(kept.recipe.recipient, None)
        if recipient is not None:
            found[recipient] = kept.name
    return found


def chosen_for(scenario: Scenario) -> str | None:
    """The recipient for whom a kept setting was chosen; None where it was not."""
    last = scenario.note.rpartition("\n")[2]
    return last.removeprefix(_MARK) if last.startswith(_MARK) else None


def note_of(scenario: Scenario) -> str:
    """What was written beside a kept setting, without the mark."""
    return scenario.note if chosen_for(scenario) is None else scenario.note.rpartition("\n")[0]


def mark(project: Project, name: str) -> None:
    """Choose a kept setting for the recipient that it was made for; another one of theirs loses the mark."""
    recipient = next(s.recipe.recipient for s in project.scenarios if s.name == name)
    project.scenarios = [
        _noted(s, note_of(s), recipient if s.name == name else None)
        if s.name == name or chosen_for(s) == recipient
        else s
        for s in project.scenarios
    ]


def unmark(project: Project, name: str) -> None:
    """Take the mark back."""
    project.scenarios = [_noted(s, note_of(s), None) if s.name == name else s for s in project.scenarios]


def set_note(project: Project, name: str, note: str) -> None:
    """Write a note beside a kept setting; its mark stays."""
    project.scenarios = [_noted(s, note, chosen_for(s)) if s.name == name else s for s in project.scenarios]


def _noted(scenario: Scenario, note: str, recipient: str | None) -> Scenario:
    """A note is one line, so that nothing typed can pass for the mark."""
    text = " ".join(note.split())
    return replace(scenario, note=text if recipient is None else f"{text}\n{_MARK}{recipient}")
