"""Slides, report and notebook: what they say, what they never show, and that they can be run."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import jupytext
import nbformat
import pypdfium2
import pyrage
import pytest
from pptx import Presentation

from anonymiser.attributes import Role
from anonymiser.checking import NumberRules, Question, review
from anonymiser.errors import InputError, PolicyError
from anonymiser.methods import Mondrian
from anonymiser.policy import GOVERNMENT, RESEARCHERS, Policy
from anonymiser.presenting import FILES, deck_of, key_in, material, reproduce
from anonymiser.presenting.deck import people_shown
from anonymiser.presenting.fitting import lines_of
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.release.seal import SealToKey
from anonymiser.releasing import draft, release
from anonymiser.releasing.raw import with_pseudonyms
from sample_data import CUSTOMERS
from tests.command_line import ROOT, Command, refused

DAY = date(2026, 3, 1)
POLICIES = {"researchers": RESEARCHERS, "government": GOVERNMENT}


def project_for(policy: Policy, *, levels: bool = True) -> Project:
    made = Project(read(CUSTOMERS))
    made.choose_policy(policy.name, levels=levels)
    return made


@cache
def files_for(who: str) -> Mapping[str, bytes]:
    """Made once for all tests that only look at them."""
    return material(wide_project() if who == "wide" else project_for(POLICIES[who]), DAY)


@pytest.fixture
def made() -> Mapping[str, bytes]:
    return files_for("researchers")


def parts_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """Every text in the files, also inside the members of an archive and on the pages of a PDF."""
    found = {}
    for name, content in files.items():
        found[name] = content.decode("utf-8", errors="ignore")
        if name.endswith(".pptx"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                found |= {f"{name}/{part}": archive.read(part).decode("utf-8", "ignore") for part in archive.namelist()}
        if name.endswith(".pdf"):
            document = pypdfium2.PdfDocument(content)
            found[f"{name}/text"] = "\n".join(page.get_textpage().get_text_range() for page in document)
            document.close()
    return found


def test_the_slides_open_and_have_notes_for_ten_minutes(made: Mapping[str, bytes]) -> None:
    show = Presentation(io.BytesIO(made["slides.pptx"]))
    slides = list(show.slides)
    assert len(slides) == 10
    assert all(slide.shapes.title.text_frame.text for slide in slides)
    words = sum(len(slide.notes_slide.notes_text_frame.text.split()) for slide in slides)
    assert 800 <= words <= 1400  # at 100 to 130 words a minute
    pictures = [shape for slide in slides for shape in slide.shapes if shape.shape_type == 13]
    assert len(pictures) == 2
    assert slides[0].shapes.title.text_frame.text == "As it is, all 1,000 people could be singled out."
    assert "18" in [shape.text_frame.text for shape in slides[0].shapes if shape.has_text_frame]  # none is computed
    assert all(picture._element.nvPicPr.cNvPr.get("descr") for picture in pictures)


def wide_project() -> Project:
    """Twenty-eight columns with long names, all of which point at people."""
    names = [f"a very long name of column number {i}, with_underscores" for i in range(28)]
    rows = [",".join(f'"{name}"' for name in names)]
    rows += [",".join("abcd"[(i * (j + 3) + i // (j + 1)) % 4] for j in range(28)) for i in range(300)]
    return Project(read("\n".join(rows).encode(), name="wide.csv"))


@pytest.mark.parametrize("which", ["researchers", "government", "wide"])
def test_nothing_runs_over_the_edge_of_a_slide(which: str) -> None:
    show = Presentation(io.BytesIO(files_for(which)["slides.pptx"]))
    for slide in show.slides:
        for shape in slide.shapes:
            assert 0 <= shape.left <= shape.left + shape.width <= show.slide_width + 1
            assert 0 <= shape.top <= shape.top + shape.height <= show.slide_height + 1
            if not shape.has_text_frame or not shape.text_frame.text:
                continue
            high = 0.0
            for paragraph in shape.text_frame.paragraphs:
                size = paragraph.runs[0].font.size.pt
                for line in paragraph.text.split("\v"):
                    high += lines_of(line, size, shape.width / 914_400 - 0.36) * size * 1.2 / 72
            assert high <= shape.height / 914_400 + 0.45, shape.text_frame.text


def test_no_identifier_and_no_exact_value_is_in_any_file(made: Mapping[str, bytes]) -> None:
    """By bytes, also inside the members of the slides: direct identifiers, exact dates, postcodes, bank accounts."""
    project = project_for(RESEARCHERS)
    texts = parts_of(made)
    looked = 0
    for plan in project.recipe.attributes:
        if plan.role is not Role.DIRECT and plan.name not in ("birthdate", "postcode", "weight", "height"):
            continue
        for value in project.table.column(project.recipe, plan.name).values:
            if len(value) < 5:
                continue
            looked += 1
            word = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)")
            assert not any(value in text and word.search(text) for text in texts.values()), plan.name
    assert looked > 4000


@pytest.mark.parametrize("who", POLICIES)
def test_every_file_passes_the_output_check(who: str) -> None:
    made = files_for(who)
    assert tuple(made) == FILES
    found = review(made, Question(rules=NumberRules(POLICIES[who].hide_counts_up_to), own=()))
    assert not found.findings
    assert found.files == len(FILES)


def test_before_is_the_table_without_the_recipe_s_methods() -> None:
    project = project_for(RESEARCHERS)
    exact = {plan.name: 0 for plan in project.recipe.qis if plan.name != "postcode"}
    project.change(project.recipe.with_levels(exact).changed(methods=(Mondrian(),)))
    panels = {one.name: one for one in deck_of(project).panels}
    panel, found = panels["Before and after"], project.assess()
    assert panel.message == f"Before, people stand alone. Now nobody is in a group smaller than {found.k}."
    assert panel.chart is not None
    assert sum(bar.length for bar in panel.chart.bars) == pytest.approx(found.kept, abs=3 * len(panel.chart.bars))
    assert "made-up" in panels["How k is counted"].table.note  # type: ignore[union-attr]
    assert "Nothing is invented" not in panels["The method"].notes
    material(project, DAY)


def test_files_say_nothing_of_who_made_them_and_when(made: Mapping[str, bytes]) -> None:
    again = material(project_for(RESEARCHERS), DAY)
    assert again["slides.pptx"] == made["slides.pptx"]
    assert again["notebook.ipynb"] == made["notebook.ipynb"]
    with zipfile.ZipFile(io.BytesIO(made["slides.pptx"])) as archive:
        assert not any("thumbnail" in name for name in archive.namelist())
    document = pypdfium2.PdfDocument(made["risk_report.pdf"])
    assert set(document.get_metadata_dict(skip_empty=True)) <= {"Title", "Creator"}
    document.close()


def test_the_report_is_one_page_without_scripts_or_hosts(made: Mapping[str, bytes]) -> None:
    page = made["risk_report.html"].decode()
    assert "default-src 'none'" in page
    assert not re.search(r"<script|https?://(?!www\.w3\.org)|\bsrc=", page)
    assert "<svg" in page


def test_a_setting_that_fails_says_so_and_shows_no_small_group() -> None:
    """Exact levels: 1,000 groups of one."""
    project = project_for(RESEARCHERS)
    exact = {plan.name: 0 for plan in project.recipe.qis}
    project.change(project.recipe.with_levels(exact))
    deck = deck_of(project)
    assert "Not yet" in deck.panels[-1].message
    assert all("1 time in" not in panel.message for panel in deck.panels)
    said = " ".join(text for panel in deck.panels for text in (panel.message, *panel.points, panel.notes))
    assert not [kind for kind in ("shares their row", "nobody stands alone", "cannot tell which") if kind in said]
    assert "made-up" in deck.panels[4].table.note  # type: ignore[union-attr]
    assert material(project, DAY)


def test_names_from_the_data_are_only_text() -> None:
    """A column called like a tag or a formula is shown letter by letter."""
    names = ("<script>alert(1)</script>", "#let x = 1", "![x](http://example.org/x.png)")
    rows = [",".join(f'"{name}"' for name in names)] + [f"{'ab'[i % 2]},{'cd'[i % 2]},{i % 3}" for i in range(300)]
    project = Project(read("\n".join(rows).encode(), name="t.csv"))
    made = material(project, DAY, title="<b>")
    assert b"<script" not in made["risk_report.html"]
    assert b"![x](http://example.org" not in made["notebook.ipynb"]
    assert made["risk_report.pdf"].startswith(b"%PDF")


@pytest.mark.parametrize(("count", "shown"), [(0, "fewer than 8"), (7, "fewer than 8"), (8, "10"), (243, "245")])
def test_counts_from_raw_rows_obey_the_rule(count: int, shown: str) -> None:
    assert people_shown(count, 7) == shown


# --- the notebook makes the release again ---


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """An opened private archive, and the data files that left; with a pseudonym, which needs the key as well."""
    folder = tmp_path_factory.mktemp("archive")
    identity = pyrage.x25519.Identity.generate()
    seal = SealToKey(str(identity.to_public()))
    project = project_for(RESEARCHERS)
    project.change(with_pseudonyms(project.recipe, ["bank_account_number"]))
    begun = draft(project, DAY)
    words = type(begun)(**{**vars(begun), "owner": "iInsureU123", "contact": "privacy@insurer.example"})
    result = release(project, words, seal, folder / "out", owner=seal, material=lambda p: material(p, DAY))

    def opened(sealed: Path) -> dict[str, bytes]:
        with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(sealed.read_bytes(), [identity]))) as tar:
            return {m.name: tar.extractfile(m).read() for m in tar if m.isfile()}  # type: ignore[union-attr]

    for name, content in opened(result.supporting / "supporting.tar.age").items():
        path = folder / "opened" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    keys = pyrage.decrypt((folder / "opened" / "keys" / "keys.json.age").read_bytes(), [identity])
    (folder / "opened" / "keys.json").write_bytes(keys)
    (folder / "opened" / "customers.csv").write_bytes(CUSTOMERS.read_bytes())
    left = {name: content for name, content in opened(result.release / "payload.tar.age").items() if "data/" in name}
    return folder / "opened", left


def test_the_script_makes_the_same_bytes(archive: tuple[Path, dict[str, bytes]]) -> None:
    folder, left = archive
    run = subprocess.run(
        [sys.executable, "notebook.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    made = {p.relative_to(folder / "made_again").as_posix(): p.read_bytes() for p in folder.glob("made_again/data/*")}
    assert made == left
    assert {hashlib.sha256(content).hexdigest() for content in left.values()} <= set(run.stdout.split())


def test_the_notebook_makes_the_same_bytes(
    archive: tuple[Path, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its cells run one after the other, as a kernel runs them."""
    folder, left = archive
    monkeypatch.chdir(folder)
    book = nbformat.read("notebook.ipynb", as_version=4)
    space: dict[str, object] = {}
    for cell in book.cells:
        if cell.cell_type == "code":
            exec(cell.source, space)
    assert space["files"] == left
    assert not any(cell.get("outputs") for cell in book.cells)


def test_script_and_notebook_are_the_same(made: Mapping[str, bytes]) -> None:
    book = nbformat.reads(made["notebook.ipynb"].decode(), as_version=4)
    again = jupytext.reads(made["notebook.py"].decode(), fmt="py:percent")
    assert [(c.cell_type, c.source) for c in again.cells] == [(c.cell_type, c.source) for c in book.cells]


def test_another_file_is_refused(archive: tuple[Path, dict[str, bytes]]) -> None:
    folder, _ = archive
    about = json.loads((folder / "release.json").read_bytes())
    policy = json.loads((folder / "decisions.json").read_bytes())["policy"]
    key = key_in((folder / "keys.json").read_bytes())
    with pytest.raises(InputError, match="not the file that was released"):
        reproduce(project_for(RESEARCHERS), {**about, "input_sha256": "0" * 64}, policy, key)
    with pytest.raises(InputError, match="damaged"):
        reproduce(project_for(RESEARCHERS), {}, policy, key)
    with pytest.raises(InputError, match="no key"):
        key_in("{}")


def test_a_finding_stops_the_presentation() -> None:
    with pytest.raises(PolicyError, match="The presentation was not made"):
        material(project_for(RESEARCHERS), DAY, title="The 3 patients of Dr AB 12 34 56 C")


# --- the command line ---


def test_present_writes_five_files(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run = Command(capsys)
    assert run("plan", CUSTOMERS, "--recipient", "researchers", "--out", tmp_path / "r.json").code == 0
    said = run("present", CUSTOMERS, "--recipe", tmp_path / "r.json", "--out", tmp_path / "talk")
    assert said.code == 0
    assert sorted(path.name for path in (tmp_path / "talk").iterdir()) == sorted(FILES)
    refused(run("present", CUSTOMERS, "--recipe", tmp_path / "r.json", "--out", tmp_path / "talk"), "not empty")
