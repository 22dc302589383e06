from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyrage
import pytest

from anonymiser.microdata import Microdata
from anonymiser.policy import GOVERNMENT, RESEARCHERS, Policy
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.release.keys import OwnerKeys
from anonymiser.release.ledger import Ledger, ledger_beside
from anonymiser.release.seal import NotSealed, SealToKey
from anonymiser.releasing import ReleaseResult, draft, release
from sample_data import CUSTOMERS

TODAY = date(2026, 3, 1)


@pytest.fixture(scope="session")
def customers() -> Microdata:
    return read(CUSTOMERS)


@pytest.fixture
def project(customers: Microdata) -> Project:
    made = Project(customers)
    made.choose_policy(RESEARCHERS.name, levels=True)
    return made


@pytest.fixture
def keys() -> OwnerKeys:
    return OwnerKeys.fresh()


@pytest.fixture
def ledger(keys: OwnerKeys, tmp_path: Path) -> Ledger:
    return ledger_beside(tmp_path / "vault.json", keys)


@pytest.fixture
def made(keys: OwnerKeys, tmp_path: Path) -> Callable[..., ReleaseResult]:
    """A real release of a project's recipe, under its policy."""
    sealed = SealToKey(str(pyrage.x25519.Identity.generate().to_public()))

    def make(project: Project, release_id: str, remembered: object, **changes: object) -> ReleaseResult:
        chosen: Policy = project.policy
        given = replace(draft(project, TODAY), owner="iInsureU123", contact="privacy@iinsureu123.example")
        particulars = replace(given, release_id=release_id, **changes)
        seal = NotSealed() if chosen.is_open else sealed
        out = tmp_path / f"out-{release_id}-{len(list(tmp_path.iterdir()))}"
        return release(project, particulars, seal, out, keys=keys, owner=sealed, remembered=remembered)

    return make


@pytest.fixture
def published(customers: Microdata) -> Project:
    """The government's release at the levels of its policy."""
    made = Project(customers)
    made.choose_policy(GOVERNMENT.name, levels=True)
    return made


def crossing(project: Project) -> None:
    """The setting that POLICY.md warns of: gender, 5 years and the degree beside the researchers' release."""
    recipe = project.recipe
    wanted = {"birthdate": "5 years", "education_level": "degree / other", "country_of_birth": "hidden"}
    names = {name: recipe.attribute(name).hierarchy.level_names for name in wanted}
    project.change(recipe.with_levels({name: names[name].index(word) for name, word in wanted.items()}))
