"""Records that methods changed, released: the matrix in the dictionary, no seed, the same bytes under the same key."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from anonymiser.methods import MethodSpec, Microaggregation, Noise, Pram, RankSwapping
from anonymiser.policy import RESEARCHERS
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.recipe import Treatment
from anonymiser.release.keys import OwnerKeys
from anonymiser.release.opening import open_release
from anonymiser.release.seal import SealWithPassphrase
from anonymiser.release.unseal import OpeningKey
from anonymiser.releasing import FirstRelease, Override, draft, release
from anonymiser.transform.run import step_name
from sample_data import CUSTOMERS

KEYS = OwnerKeys.fresh()
METHODS: tuple[MethodSpec, ...] = (
    Noise(names=("n_countries_visted",), size=0.5, lowest=0),
    RankSwapping(names=("avg_n_drinks_per_week",), share=0.1),
    Pram(names=("blood_group",), keep=0.7),
    Microaggregation(names=("weight", "height"), k=5),
)
OVERRIDE = Override("a test of what leaves", "A. Owner", "B. Colleague")


def opened(folder: Path, name: str, keys: OwnerKeys, release_id: str) -> Path:
    project = Project(read(CUSTOMERS))
    project.choose_policy(RESEARCHERS.name, levels=True)
    recipe = project.recipe
    for column in ("n_countries_visted", "avg_n_drinks_per_week", "blood_group", "weight", "height"):
        recipe = recipe.with_attribute(column, treatment=Treatment.RELEASE, level=0)
    project.change(recipe.changed(methods=METHODS))
    words = dataclasses.replace(
        draft(project, date(2026, 11, 22)), owner="iInsureU123", contact="020 7946 0000", release_id=release_id
    )
    made = release(
        project,
        words,
        SealWithPassphrase(),
        folder / name,
        keys=keys,
        override=OVERRIDE,
        remembered=FirstRelease("A. Owner"),
    )
    open_release(made.release, folder / f"{name}-opened", OpeningKey(passphrase=made.passphrase))
    return next((folder / f"{name}-opened").glob("**/TRANSFORMATIONS.md")).parent


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return opened(tmp_path_factory.mktemp("once"), "out", KEYS, "r-1")


def test_the_matrix_stands_in_the_dictionary(once: Path) -> None:
    told = (once / "DATA_DICTIONARY.md").read_text(encoding="utf-8")
    assert "With which probability each true value" in told
    assert "0.6997" in told  # 0.3 in seven parts of four digits; the diagonal takes the rest
    (matrix,) = once.glob("data/pram_*.csv")
    lines = matrix.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + 8 * 8
    done = (once / "TRANSFORMATIONS.md").read_text(encoding="utf-8").replace("\\", "")
    for method in METHODS:
        assert method.sentence() in done


def test_no_seed_and_no_key_leaves(once: Path) -> None:
    everything = b"".join(path.read_bytes() for path in once.rglob("*") if path.is_file())
    key = KEYS.for_release("r-1", RESEARCHERS.recipient or RESEARCHERS.name)
    secrets = [KEYS.master, *(key.step(step_name(place, spec)) for place, spec in enumerate(METHODS))]
    for secret in secrets:
        assert secret not in everything
        assert secret.hex().encode() not in everything
    assert b"seed" not in everything.lower()


def test_the_same_key_and_id_give_the_same_bytes_and_others_do_not(once: Path, tmp_path: Path) -> None:
    data = "data/records.csv"
    again = opened(tmp_path, "again", KEYS, "r-1")
    assert (again / data).read_bytes() == (once / data).read_bytes()
    other = opened(tmp_path, "other", KEYS, "r-2")
    assert sorted((other / data).read_text(encoding="utf-8").splitlines()) != sorted(
        (once / data).read_text(encoding="utf-8").splitlines()
    )
