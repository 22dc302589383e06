"""Counts under a privacy budget: what is promised by definition, what leaves, and what must not leave beside them."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import math
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from anonymiser.errors import InputError, PolicyError, RecipeError
from anonymiser.joining.picture import ledger_table
from anonymiser.joining.words import budget_points
from anonymiser.methods import Mondrian
from anonymiser.policy import RESEARCHERS, Threshold
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.recipe import ReleaseForm as Form
from anonymiser.release.budget import PrivacyBudget, tables_of
from anonymiser.release.cells import as_it_leaves
from anonymiser.release.facts import ReleaseFacts, ReleaseForm
from anonymiser.release.keys import OwnerKeys
from anonymiser.release.ledger import ledger_beside
from anonymiser.release.opening import open_release
from anonymiser.release.seal import SealWithPassphrase
from anonymiser.release.tables import frequency_tables
from anonymiser.release.unseal import OpeningKey
from anonymiser.releasing import FirstRelease, ReleaseResult, draft, release, with_form
from anonymiser.transform.released import ReleasedTable
from sample_data import CUSTOMERS

MakeFacts = Callable[..., ReleaseFacts]
KEY = bytes(range(32))


@pytest.fixture
def everybody(table: ReleasedTable) -> ReleasedTable:
    return dataclasses.replace(table, suppressed=0)


def with_budget(facts: MakeFacts, epsilon: float = 1.0, **more: object) -> ReleaseFacts:
    return facts(form=ReleaseForm.TABLES, budget=PrivacyBudget(epsilon), sensitive=(), measures=(), **more)


@pytest.mark.parametrize("epsilon", [0.1, 1.0, 5.0])
@pytest.mark.parametrize("attributes", [1, 2, 5])
def test_one_person_more_changes_no_probability_by_more_than_the_budget(epsilon: float, attributes: int) -> None:
    """In every table one count falls by one and one rises by one: the worst ratio of probabilities over all of them."""
    tables = tables_of(attributes)
    assert tables == len(list(np.ndindex(attributes))) + math.comb(attributes, 2)
    law = stats.dlaplace(1 / float(PrivacyBudget(epsilon).scale(tables)))
    x = np.arange(-30, 31)
    worst = np.abs(law.logpmf(x) - law.logpmf(x - 1)).max()
    assert 2 * tables * worst == pytest.approx(epsilon)


def women(table: ReleasedTable, facts: ReleaseFacts, key: bytes | None = None) -> int:
    single = frequency_tables(table, facts, key)[0]
    return int(dict(zip(single.values[0], single.shown, strict=True))["F"])


def test_noise_is_that_of_the_budget_in_every_table(everybody: ReleasedTable, facts: MakeFacts) -> None:
    rule = dataclasses.replace(facts().small_numbers, hide_up_to=0, round_to=1)
    said = with_budget(facts, 3.0, k_target=1, small_numbers=rule)
    leaving = as_it_leaves(everybody, np.arange(240), every_label=True)
    truth = women(leaving, dataclasses.replace(said, budget=None))
    errors = [women(leaving, said, bytes([seed % 256, seed // 256]) * 16) - truth for seed in range(300)]
    law = stats.dlaplace(1 / float(PrivacyBudget(3.0).scale(3)))
    assert abs(np.mean(errors)) < 5 * law.std() / np.sqrt(300)
    assert np.std(errors) == pytest.approx(law.std(), rel=0.3)


def test_the_same_key_gives_the_same_tables_and_tables_do_not_share_noise(
    everybody: ReleasedTable, facts: MakeFacts
) -> None:
    leaving = as_it_leaves(everybody, np.arange(240), every_label=True)
    said = with_budget(facts)
    one, again, other = (frequency_tables(leaving, said, key) for key in (KEY, KEY, bytes(32)))
    assert all((a.shown == b.shown).all() for a, b in zip(one, again, strict=True))
    assert any(a.shown.shape != b.shown.shape or (a.shown != b.shown).any() for a, b in zip(one, other, strict=True))
    twin = dataclasses.replace(everybody.columns[0], name="twin")
    same = dataclasses.replace(leaving, columns=(leaving.columns[0], twin))
    first, second, _ = frequency_tables(same, with_budget(facts, qi_names=("gender", "twin")), KEY)
    assert (first.shown != second.shown).any()


def test_values_that_nobody_has_are_counted_too(everybody: ReleasedTable, facts: MakeFacts) -> None:
    """Which values occur may not be seen from the list of values: with much noise some that do not occur are shown."""
    leaving = as_it_leaves(everybody, np.arange(240), every_label=True)
    assert "2000–2019" in leaving.columns[1].labels
    shown = [
        "2000–2019" in frequency_tables(leaving, with_budget(facts, 0.1), bytes([i]) * 32)[1].values[0]
        for i in range(20)
    ]
    assert any(shown)


def test_missing_is_one_value_whether_it_occurs_or_not(everybody: ReleasedTable, facts: MakeFacts) -> None:
    rule = dataclasses.replace(facts().small_numbers, hide_up_to=0, round_to=1)
    for name, missing in (("visits", 18), ("gender", 0)):
        alone = dataclasses.replace(everybody, columns=tuple(c for c in everybody.columns if c.name == name))
        leaving = as_it_leaves(alone, np.arange(240), every_label=True)
        assert "missing" not in leaving.columns[0].labels
        said = with_budget(facts, 0.1, qi_names=(name,), k_target=1, small_numbers=rule)
        values = [frequency_tables(leaving, said, bytes([i]) * 32)[0].values[0] for i in range(20)]
        assert all(each.count("missing") <= 1 for each in values)
        assert any("missing" in each for each in values), missing


def test_a_budget_needs_a_key_all_records_and_tables(
    table: ReleasedTable, everybody: ReleasedTable, facts: MakeFacts
) -> None:
    with pytest.raises(InputError, match="secret key"):
        frequency_tables(everybody, with_budget(facts))
    with pytest.raises(InputError, match="all records"):
        frequency_tables(table, with_budget(facts), KEY)
    with pytest.raises(InputError, match="not for records"):
        facts(budget=PrivacyBudget(1.0))
    for epsilon in (0.0, -1.0, 21.0, math.nan):
        with pytest.raises(InputError, match="more than 0"):
            PrivacyBudget(epsilon)


def test_a_limit_on_budgets_is_a_point_of_the_policy() -> None:
    limited = RESEARCHERS.model_copy(update={"budget": Threshold(value=1.5)})
    assert budget_points(RESEARCHERS, ()) == budget_points(limited, ()) == budget_points(RESEARCHERS, (1.0,)) == ()
    for budgets, met in (((1.0,), True), ((1.0, 0.1, 0.2, 0.2), True), ((1.0, 0.6), False), ((2.0,), False)):
        (point,) = budget_points(limited, budgets)
        assert point.met is met
        assert f"ε = {math.fsum(budgets):g}" in point.sentence
    (told,) = budget_points(RESEARCHERS, (1.0,), unbudgeted=1)
    assert (told.met, "1 earlier release of them has none" in told.sentence) == (None, True)


def test_budgets_add_up_over_all_recipients(tmp_path: Path) -> None:
    """Two recipients may put together what they have."""
    keys = OwnerKeys.fresh()
    ledger = ledger_beside(tmp_path / "vault.json", keys)
    project = Project(read(CUSTOMERS))
    project.choose_policy(RESEARCHERS.name, levels=True)

    def make(name: str, budget: float, limit: float = 20.0) -> ReleaseResult:
        project.change(with_form(project.recipe, Form.TABLES, 100, budget))
        policy = RESEARCHERS.model_copy(update={"name": name, "recipient": name, "budget": Threshold(value=limit)})
        words = dataclasses.replace(draft(project, date(2026, 11, 22), policy), owner="iInsureU123", contact="a@b.uk")
        out = tmp_path / name
        return release(project, words, SealWithPassphrase(), out, keys=keys, policy=policy, remembered=ledger)

    assert make("one", 0.5).budget == (0.5, 0.5)
    with pytest.raises(PolicyError, match=r"ε = 1\.5 in all\. Asked for: at most ε = 1\.2"):
        make("two", 1.0, limit=1.2)
    second = make("two", 1.0)
    assert second.budget == (1.0, 1.5)
    open_release(second.release, tmp_path / "opened", OpeningKey(passphrase=second.passphrase))
    told = next((tmp_path / "opened").glob("**/TRANSFORMATIONS.md")).read_text(encoding="utf-8")
    assert "Budgets of several releases add up: with earlier counts of the same people, ε = 1.5 in all." in told
    assert ledger_table(ledger.read())["Privacy budget"] == ["ε = 0.5", "ε = 1"]


def test_a_recipe_has_a_budget_for_tables_without_methods_only() -> None:
    recipe = Project(read(CUSTOMERS)).recipe
    with pytest.raises(RecipeError, match="tables"):
        recipe.changed(budget=1.0)
    with pytest.raises(RecipeError, match="without methods"):
        recipe.changed(form=Form.TABLES, budget=1.0, methods=(Mondrian(),))
    tables = with_form(recipe, Form.TABLES, 100, 0.5)
    assert tables.budget == 0.5
    assert type(tables).from_json(tables.to_json()) == tables
    assert with_form(tables, Form.MICRODATA, 100).budget is None


def test_a_release_says_its_budget_and_no_exact_figure_beside_it(tmp_path: Path) -> None:
    project = Project(read(CUSTOMERS))
    project.choose_policy(RESEARCHERS.name, levels=True)
    project.change(with_form(project.recipe, Form.TABLES, 100, 2.0))
    words = dataclasses.replace(draft(project, date(2026, 11, 22)), owner="iInsureU123", contact="020 7946 0000")
    made = release(project, words, SealWithPassphrase(), tmp_path / "out", remembered=FirstRelease("A. Owner"))
    assert made.passphrase
    open_release(made.release, tmp_path / "opened", OpeningKey(passphrase=made.passphrase))
    folder = next(tmp_path.glob("opened/**/TRANSFORMATIONS.md")).parent
    told = (folder / "TRANSFORMATIONS.md").read_text(encoding="utf-8")
    assert "budget of ε = 2 for all" in told
    assert "Budgets of several releases add up" in told
    assert "rounded to the nearest" not in told.split("## Records")[1]
    rows = list(csv.DictReader(io.StringIO(next(folder.glob("data/*.csv")).read_text(encoding="utf-8"))))
    shown = [int(row["people"]) for row in rows if row["people"] and row["cell"] == "group"]
    assert any(count % 5 for count in shown)
    assert min(shown) > RESEARCHERS.hide_counts_up_to
    everything = "".join(
        path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.suffix in {".md", ".json"}
    )
    assessment = project.assess()
    assert f"{assessment.loss:.3f}" not in everything
    assert "Groups of rows that look alike" not in everything
    assert "Records deleted" not in everything
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert "ε = 2" in json.dumps(package, ensure_ascii=False)
