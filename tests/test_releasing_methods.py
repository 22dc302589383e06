"""Releases of recipes with methods: counted again, described, drawn from the release's own keys."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyrage
import pytest

from anonymiser import trying
from anonymiser.errors import PolicyError
from anonymiser.gate import checks
from anonymiser.methods import LocalRecoding, MethodParameters, Mondrian, Noise, Pram, RankSwapping
from anonymiser.policy import RESEARCHERS
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.release.keys import OwnerKeys
from anonymiser.release.opening import open_release
from anonymiser.release.seal import SealToKey
from anonymiser.release.unseal import OpeningKey
from anonymiser.releasing import draft, outline, release
from anonymiser.releasing.drawing import drawing
from sample_data import CUSTOMERS

TODAY = date(2026, 3, 1)


@pytest.fixture(scope="module")
def identity() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


@pytest.fixture(scope="module")
def keys() -> OwnerKeys:
    return OwnerKeys.fresh()


def project_with(*methods: MethodParameters, start: trying.From = trying.From.EXACT) -> Project:
    project = Project(read(CUSTOMERS))
    project.choose_policy(RESEARCHERS.name, levels=True)
    project.change(trying.recipe_with(project, methods, start))
    return project


def payload(
    project: Project, out: Path, identity: pyrage.x25519.Identity, keys: OwnerKeys, release_id: str = "first"
) -> Path:
    particulars = replace(draft(project, TODAY), release_id=release_id, owner="A. Owner", contact="a@example.org")
    made = release(project, particulars, SealToKey(str(identity.to_public())), out / "made", keys=keys)
    opened, secret = out / "opened", out / "key.txt"
    secret.write_text(f"{identity}\n", encoding="utf-8")
    open_release(made.release, opened, OpeningKey(secret))
    return opened


def data_of(opened: Path) -> str:
    return next(opened.rglob("records.csv")).read_text("utf-8")


@pytest.mark.parametrize("method", [Mondrian(), LocalRecoding()], ids=lambda method: method.title)
def test_groups_are_counted_again_and_described(
    method: MethodParameters, tmp_path: Path, identity: pyrage.x25519.Identity, keys: OwnerKeys
) -> None:
    project = project_with(method)
    opened = payload(project, tmp_path, identity, keys)
    rows = list(csv.DictReader(io.StringIO(data_of(opened))))
    names = [plan.name for plan in project.recipe.qis if plan.name in rows[0]]
    assert min(Counter(tuple(row[name] for name in names) for row in rows).values()) >= 5
    told = next(opened.rglob("TRANSFORMATIONS.md")).read_text("utf-8")
    assert method.sentence().split(".", maxsplit=1)[0] in told.replace("\\", "")
    assert "seed" not in told.casefold()
    described = next(opened.rglob("DATA_DICTIONARY.md")).read_text("utf-8")
    column = next(c for c in project.released().columns if c.name == "birthdate")
    assert column.level in described
    assert column.method in described
    listed = {each.name: each.words for each in outline(project).leaving}
    assert listed["birthdate"] == column.method


def drawn(project: Project, keys: OwnerKeys, release_id: str) -> list[str]:
    """What would stand in the changed column of a release with this key and id."""
    particulars = replace(draft(project, TODAY), release_id=release_id)
    with drawing(project, keys, particulars):
        column = next(c for c in project.released().columns if c.name == "bmi")
    return [(*column.labels, "")[code] for code in column.codes]


def test_random_steps_come_from_the_vaults_key_and_the_release(
    tmp_path: Path, identity: pyrage.x25519.Identity, keys: OwnerKeys
) -> None:
    methods = (RankSwapping(names=("n_countries_visted",), share=0.3), Noise(names=("bmi",), size=0.2))
    project = project_with(*methods, start=trying.From.SLIDERS)
    shown = project.draft().draft.column("bmi")
    assert shown is not None
    first = drawn(project, keys, "first")
    assert first == drawn(project_with(*methods, start=trying.From.SLIDERS), keys, "first")
    assert first != drawn(project, keys, "second")
    assert first != drawn(project, OwnerKeys.fresh(), "first")
    assert first != [(*shown.labels, "")[code] for code in shown.codes]  # the page draws from another secret
    assert project.draft().draft.column("bmi") is shown
    rows = csv.DictReader(io.StringIO(data_of(payload(project, tmp_path, identity, keys))))
    assert Counter(row["bmi"] for row in rows) == Counter(first)


def test_k_without_a_meaning_stops_a_release(tmp_path: Path, identity: pyrage.x25519.Identity, keys: OwnerKeys) -> None:
    project = project_with(Pram(names=("gender",)), start=trying.From.SLIDERS)
    found = {check.name: check for check in checks(project.recipe, project.assess(), project.policy)}
    assert found["Smallest group"].met is False
    assert "Asked for: at least 5." in found["Smallest group"].sentence
    with pytest.raises(PolicyError, match="Smallest group"):
        payload(project, tmp_path, identity, keys)
