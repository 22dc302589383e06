"""Work in progress: kept beside the vault, for its owner only, without a row."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from anonymiser import autosave
from anonymiser.microdata import Microdata
from anonymiser.project import Project
from anonymiser.reading import read

TABLE = b"sex,town,born\nF,Leeds,1990\nM,York,1991\nF,Hull,1992\nM,Bath,1993\n"


@pytest.fixture(autouse=True)
def _nothing_waits() -> Iterator[None]:
    yield
    for timer in autosave._waiting.values():
        timer.cancel()
    autosave._waiting.clear()
    autosave._seen.clear()


@pytest.fixture
def project() -> Project:
    opened = Project(read(TABLE, name="people.csv"))
    opened.change(opened.recipe.with_levels({"sex": 1}))
    return opened


def test_it_is_found_by_the_file_s_fingerprint_and_taken_over(project: Project) -> None:
    assert autosave.now(project)
    kept = autosave.find(project.microdata.fingerprint)
    assert kept is not None
    again = Project(read(TABLE, name="renamed.csv"))
    again.load_json(kept)
    assert again.recipe == project.recipe
    assert autosave.find(read(TABLE + b"F,Ely,1994\n", name="people.csv").fingerprint) is None


def test_only_the_owner_can_read_it(project: Project) -> None:
    autosave.now(project)
    for path in (autosave.home(), *autosave.home().rglob("*")):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path.name


def test_no_row_and_no_path_is_in_it(project: Project) -> None:
    autosave.now(project)
    text = next(autosave.home().rglob("*.json")).read_text(encoding="utf-8")
    assert "Leeds" not in text
    assert str(Path.home()) not in text


def test_it_can_be_forgotten(project: Project) -> None:
    autosave.now(project)
    autosave.forget(project.microdata.fingerprint)
    autosave.forget(project.microdata.fingerprint)
    assert autosave.find(project.microdata.fingerprint) is None


def test_later_writes_once_the_steps_have_stopped(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autosave, "_WAIT", 0.05)
    for level in (0, 1, 0, 1):
        project.change(project.recipe.with_levels({"sex": level}))
        autosave.later(project)
    timer = autosave._waiting[project.microdata.fingerprint]
    timer.join(5)
    assert autosave.find(project.microdata.fingerprint) == project.to_json().encode()


def test_the_same_work_is_not_written_again(project: Project) -> None:
    autosave.later(project)
    timer = autosave._waiting[project.microdata.fingerprint]
    autosave.later(project)
    assert autosave._waiting[project.microdata.fingerprint] is timer
    project.keep("one")
    autosave.later(project)
    assert autosave._waiting[project.microdata.fingerprint] is not timer


def test_a_project_in_which_nothing_was_done_replaces_nothing(project: Project) -> None:
    autosave.now(project)
    autosave.later(Project(read(TABLE, name="people.csv")))
    assert not autosave._waiting


@pytest.mark.parametrize("fingerprint", ["", "0" * 64, "../" * 10, "A" * 64])
def test_a_table_without_a_file_is_not_kept(fingerprint: str) -> None:
    assert autosave.find(fingerprint) is None
    autosave.forget(fingerprint)
    table = Microdata.from_columns({"sex": ["F", "M"], "town": ["A", "B"]})
    assert not autosave.now(Project(table))


def test_a_folder_that_cannot_be_written_stops_nobody(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("HALFTONE_HOME", str(tmp_path / "file"))
    assert not autosave.now(project)
