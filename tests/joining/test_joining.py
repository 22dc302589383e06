"""Releases joined: from two real releases to the points of the gate and the setting that nests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anonymiser.attributes import Role
from anonymiser.errors import InputError, OutputError, PolicyError, SealError
from anonymiser.gate import JOINED, Check
from anonymiser.hierarchies.intervals import IntervalLevel, IntervalSpec
from anonymiser.joining.joint import find, joint_checks, make_it_nest, points_of
from anonymiser.joining.nest import steps_to
from anonymiser.joining.picture import ALONE, TOGETHER, bands, ledger_table, releases_table
from anonymiser.joining.words import FirstRelease, answer, causes, changed, detail
from anonymiser.microdata import MemorySource, Microdata
from anonymiser.policy import GOVERNMENT, RESEARCHERS, Policy
from anonymiser.privacy import KAnonymity
from anonymiser.project import Project
from anonymiser.recipe import ReleaseForm, Treatment
from anonymiser.release.keys import OwnerKeys
from anonymiser.release.ledger import Ledger
from anonymiser.release.ledger_book import Withdrawal
from anonymiser.releasing import ReleaseResult, with_form
from anonymiser.risk.composition import Nesting
from sample_data import CUSTOMERS
from tests.joining.conftest import crossing

Make = Callable[..., ReleaseResult]


def failing(points: tuple[Check, ...]) -> set[str]:
    return {point.name for point in points if point.met is False}


class TestTheTwoRecipients:
    def test_the_governments_release_nests_in_the_researchers(
        self, project: Project, published: Project, ledger: Ledger, made: Make
    ) -> None:
        made(project, "r1", ledger)
        finding = find(published, ledger)
        assert finding.nests
        assert [one.nesting for one in finding.earlier] == [Nesting.COARSER]
        gone = np.setdiff1d(np.arange(project.microdata.rows), project.released().source_rows)
        groups = _labels(published).iloc[gone].value_counts()  # whom the first leaves out the second tells apart
        assert finding.joined.k == min(project.assess().k, groups.min())
        assert finding.holder == RESEARCHERS.recipient
        assert failing(points_of(published, ledger)) == set()
        made(published, "g1", ledger)
        assert [entry.release_id for entry in ledger.read().entries] == ["r1", "g1"]

    def test_a_crossing_one_is_stopped_whatever_its_own_k(
        self, project: Project, published: Project, ledger: Ledger, made: Make, tmp_path: Path
    ) -> None:
        made(project, "r1", ledger)
        crossing(published)
        assert published.assess().k >= GOVERNMENT.k.value or published.assess().suppressed
        finding = find(published, ledger)
        assert finding.joined.k < 5
        assert failing(points_of(published, ledger)) == {JOINED, "Nested in earlier releases"}
        before = ledger.path.read_bytes()
        with pytest.raises(PolicyError, match="Someone who holds both releases"):
            made(published, "g1", ledger)
        assert ledger.path.read_bytes() == before
        assert not [folder for folder in tmp_path.iterdir() if folder.name.startswith("out-g1")]

    def test_the_numbers_are_those_of_the_two_tables(
        self, project: Project, published: Project, ledger: Ledger, made: Make
    ) -> None:
        """Counted again with pandas from the columns of the two released tables."""
        made(project, "r1", ledger)
        crossing(published)
        finding = find(published, ledger)
        labels = [_labels(one) for one in (project, published)]
        together = pd.concat(labels, axis=1)
        shown = ~(together == "left out").all(axis=1)
        sizes = together.groupby(list(together.columns), dropna=False)[together.columns[0]].transform("size")
        assert finding.joined.k == sizes[shown].min()
        assert finding.joined.alone == (sizes[shown] == 1).sum()
        assert finding.small == (sizes[shown] < 5).sum()
        alone = labels[1].groupby(list(labels[1].columns), dropna=False)[labels[1].columns[0]].transform("size")
        first = labels[0].groupby(list(labels[0].columns), dropna=False)[labels[0].columns[0]].transform("size")
        before = np.minimum(*(_without_end(one, size) for one, size in zip(labels, (first, alone), strict=True)))
        assert finding.newly == ((sizes < 5) & (before >= 5) & shown).sum()
        cause = finding.causes[0]
        without = together.drop(columns=[f"{cause.name} of {published.policy.name}"])
        left = without.groupby(list(without.columns), dropna=False)[without.columns[0]].transform("size")
        assert cause.under == (left[shown] < 5).sum()

    def test_the_cause_is_named(self, project: Project, published: Project, ledger: Ledger, made: Make) -> None:
        made(project, "r1", ledger)
        crossing(published)
        finding = find(published, ledger)
        assert finding.causes[0].name == "birthdate"
        assert causes(finding)[0].startswith("Without birthdate")
        assert "Most of it comes from birthdate" in points_of(published, ledger)[0].sentence
        assert answer(finding).startswith("Someone who holds both releases can")
        assert f"{finding.joined.k:,} together" in detail(finding)


def _labels(project: Project) -> pd.DataFrame:
    table = project.released()
    rows = np.full(project.microdata.rows, -1)
    rows[table.source_rows] = np.arange(table.rows)
    shown = {}
    for column in table.columns:
        if column.role.name == "QUASI":
            text = np.array([*column.labels, "missing"], dtype=object)[column.codes]
            shown[f"{column.name} of {project.policy.name}"] = np.where(rows < 0, "left out", text[rows])
    return pd.DataFrame(shown)


def _without_end(labels: pd.DataFrame, sizes: pd.Series) -> pd.Series:
    """Size of each person's group, endless where the release leaves the person out."""
    return sizes.where((labels != "left out").all(axis=1), 10**9)


class TestMakeItNest:
    def test_the_nearest_setting_nests_and_meets_the_policy(
        self, project: Project, published: Project, ledger: Ledger, made: Make
    ) -> None:
        made(project, "r1", ledger)
        crossing(published)
        before = published.recipe
        nested = make_it_nest(published, ledger)
        assert nested is not None
        assert [(step.column, step.after) for step in steps_to(before, nested)] == [("birthdate", "20 years")]
        published.change_roles(nested)
        assert failing(joint_checks(published, ledger)) == set()
        made(published, "g1", ledger)
        published.undo()
        assert published.recipe == before

    def test_of_all_settings_none_with_less_loss_nests(
        self, project: Project, published: Project, ledger: Ledger, made: Make
    ) -> None:
        """Every coarser setting of the three visible columns, looked at one by one."""
        made(project, "r1", ledger)
        crossing(published)
        nested = make_it_nest(published, ledger)
        best = published.assess(nested).loss
        recipe = published.recipe
        for years in range(recipe.attribute("birthdate").level, recipe.attribute("birthdate").top + 1):
            for gender in range(2):
                for degree in (recipe.attribute("education_level").level, recipe.attribute("education_level").top):
                    other = recipe.with_levels({"birthdate": years, "gender": gender, "education_level": degree})
                    if published.assess(other).loss >= best - 1e-12:
                        continue
                    published.change(other)
                    assert failing(joint_checks(published, ledger)), other.node
                    published.undo()

    def test_what_nests_already_stays(self, project: Project, published: Project, ledger: Ledger, made: Make) -> None:
        made(project, "r1", ledger)
        assert make_it_nest(published, ledger) == published.recipe

    def test_a_finer_release_nests_too(self, project: Project, published: Project, ledger: Ledger, made: Make) -> None:
        """The published release came first; the researchers' shows more of the same people."""
        made(published, "g1", ledger)
        assert [one.nesting for one in find(project, ledger).earlier] == [Nesting.FINER]
        assert make_it_nest(project, ledger) == project.recipe

    def test_where_nothing_nests_it_says_so(self, project: Project, ledger: Ledger, made: Make) -> None:
        made(project, "r1", ledger)
        hidden = {plan.name: plan.top for plan in project.recipe.qis}
        project.change(project.recipe.with_levels(hidden))
        project.choose_policy(GOVERNMENT.name)
        project.change(project.recipe.with_levels(hidden))
        assert make_it_nest(project, ledger) is None


class TestWhoHoldsWhat:
    OTHER = Policy.custom("Another university", open_release=False, k=5, suppression=0.05, distinct_l=None)

    def test_a_restricted_release_is_held_by_its_recipient_only(
        self, project: Project, ledger: Ledger, made: Make
    ) -> None:
        made(project, "r1", ledger)
        project.policies[self.OTHER.name] = self.OTHER
        project.choose_policy(self.OTHER.name, levels=True)
        finding = find(project, ledger)
        assert (finding.earlier, finding.aside) == ((), 1)
        assert find(project, ledger, recipient=RESEARCHERS.recipient.upper()).aside == 0

    def test_an_open_release_is_held_by_every_recipient(
        self, project: Project, published: Project, ledger: Ledger, made: Make
    ) -> None:
        made(published, "g1", ledger)
        assert len(find(project, ledger).earlier) == 1
        made(project, "r1", ledger)
        assert {one.entry.release_id for one in find(published, ledger, release_id="g2").earlier} == {"g1", "r1"}

    def test_withdrawn_it_does_not_count(
        self, project: Project, published: Project, ledger: Ledger, made: Make
    ) -> None:
        made(project, "r1", ledger)
        crossing(published)
        ledger.withdraw("r1", Withdrawal("It never left.", "A. Owner", "2026-03-02"))
        finding = find(published, ledger)
        assert (finding.earlier, failing(points_of(published, ledger))) == ((), set())
        assert "never left" in ledger_table(ledger.read())["Counts"][0]

    def test_the_same_release_made_again_is_not_joined_with_itself(
        self, project: Project, ledger: Ledger, made: Make
    ) -> None:
        made(project, "r1", ledger)
        made(project, "r1", ledger)
        assert len(ledger.read().entries) == 1
        assert find(project, ledger, release_id="r1").earlier == ()

    def test_an_id_is_not_used_for_another_release(self, project: Project, ledger: Ledger, made: Make) -> None:
        made(project, "r1", ledger)
        with pytest.raises(InputError, match="used before"):
            made(project, "r1", ledger, recipient="Somebody else")


class TestNextQuarter:
    """The same customers in another file: some came, some left, one moved."""

    @pytest.fixture
    def later(self, customers: Microdata, project: Project) -> Microdata:
        frame = customers.source.take(customers.names, np.arange(customers.rows)).to_pandas()
        born, kept = project.recipe.attribute("country_of_birth"), project.released().source_rows
        labels, codes, _ = project.table.labels_at(project.recipe, born)
        elsewhere = next(row for row in kept if row > 4 and labels[codes[row]] != "Europe")
        number = frame["national_insurance_number"].iloc[0]
        frame.loc[0, "national_insurance_number"] = f" {number.lower()} "  # another spelling of the same person
        frame.loc[elsewhere, "country_of_birth"] = "France"
        new = frame.iloc[:3].assign(national_insurance_number=["ZY123456A", "ZY123457A", "ZY123458A"])
        frame = pd.concat([frame.drop(index=[3, 4]), new]).sample(frac=1, random_state=5)
        columns = {name: frame[name].astype(str).tolist() for name in frame}
        return Microdata("later.csv", Microdata.from_columns(columns).source, "f" * 64)

    def test_people_are_found_again(self, project: Project, later: Microdata, ledger: Ledger, made: Make) -> None:
        made(project, "r1", ledger)
        after = Project(later, project.recipe)
        finding = find(after, ledger)
        change = finding.earlier[0].change
        assert (change.stayed, change.came, change.left) == (998, 3, 2)
        assert change.moved == 1
        assert finding.joined.by_difference == 5
        assert finding.small_by_difference == 5
        assert "People who came or left" in failing(points_of(after, ledger))
        assert "998 people are in both tables; 3 came and 2 left." in changed(change)

    def test_a_table_without_identifiers_is_not_compared_and_not_published(
        self, project: Project, later: Microdata, ledger: Ledger, made: Make
    ) -> None:
        made(project, "r1", ledger)
        bare = [
            name
            for name in later.names
            if name not in ("national_insurance_number", "bank_account_number", "phone_number")
        ]
        table = later.source.take(tuple(bare), np.arange(later.rows))
        after = Project(Microdata("bare.csv", MemorySource(table), "e" * 64))
        after.choose_policy(GOVERNMENT.name, levels=True)
        points = points_of(after, ledger)
        assert failing(points) == {"Releases not compared"}
        after.choose_policy(RESEARCHERS.name, levels=True)
        assert [point.met for point in points_of(after, ledger)] == [None]

    def test_other_people_do_not_count(self, project: Project, ledger: Ledger, made: Make) -> None:
        made(project, "r1", ledger)
        columns = project.microdata.names
        others = {name: ["x"] * 30 for name in columns} | {
            "gender": ["F", "M"] * 15,
            "national_insurance_number": [f"ZX{n:06d}A" for n in range(30)],
            "birthdate": ["01/02/1980"] * 30,
        }
        other = Microdata("others.csv", Microdata.from_columns(others).source, "d" * 64)
        finding = find(Project(other), ledger)
        assert (finding.earlier, finding.unlinked, finding.aside) == ((), (), 1)


class TestWithoutTheVault:
    def test_an_open_release_needs_the_vault_or_a_statement(self, published: Project, made: Make) -> None:
        assert failing(points_of(published, None)) == {JOINED}
        with pytest.raises(PolicyError, match="Open your vault"):
            made(published, "g1", None)
        stated = FirstRelease("A. Owner")
        assert failing(points_of(published, None, stated)) == set()
        assert made(published, "g1", stated).release.exists()

    def test_a_restricted_one_says_that_nothing_was_compared(self, project: Project, made: Make) -> None:
        (point,) = points_of(project, None)
        assert point.met is None
        assert "no vault was open" in point.sentence
        assert made(project, "r1", None).release.exists()

    def test_a_statement_has_a_name(self) -> None:
        with pytest.raises(InputError, match="name is missing"):
            FirstRelease("  ")

    def test_a_damaged_ledger_stops_the_release(
        self, project: Project, ledger: Ledger, made: Make, tmp_path: Path
    ) -> None:
        ledger.path.write_bytes(b"halftone-ledger-1\n" + bytes(40))
        with pytest.raises(SealError, match="backup"):
            made(project, "r1", ledger)
        assert not [folder for folder in tmp_path.iterdir() if folder.name.startswith("out-")]

    def test_a_release_made_meanwhile_stops_it(
        self, project: Project, keys: OwnerKeys, ledger: Ledger, made: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from anonymiser.releasing import joined

        real = joined.joint_points

        def rival(*given: object) -> tuple[Check, ...]:
            monkeypatch.setattr(joined, "joint_points", real)
            made(project, "rival", Ledger(ledger.path, keys))
            return real(*given)

        monkeypatch.setattr(joined, "joint_points", rival)
        with pytest.raises(OutputError, match="Check again"):
            made(project, "r1", ledger)
        assert [entry.release_id for entry in ledger.read().entries] == ["rival"]


class TestForms:
    def test_of_a_sample_everybody_counts_from_whom_it_was_drawn(
        self, project: Project, ledger: Ledger, made: Make
    ) -> None:
        project.change(with_form(project.recipe, ReleaseForm.SAMPLE, 60))
        made(project, "s1", ledger)
        (entry,) = ledger.read().entries
        assert entry.deleted == project.assess().suppressed
        assert entry.form == ReleaseForm.SAMPLE.value

    def test_deleted_records_are_flagged(self, project: Project, ledger: Ledger, made: Make) -> None:
        names = project.recipe.attribute("birthdate").hierarchy.level_names
        project.change(project.recipe.with_levels({"birthdate": names.index("10 years")}))
        assessment = project.assess()
        if not assessment.suppressed:
            pytest.skip("nothing is deleted at this setting")
        made(project, "r1", ledger)
        assert ledger.read().entries[0].deleted == assessment.suppressed


def test_the_picture_counts_everybody_twice(project: Project, published: Project, ledger: Ledger, made: Make) -> None:
    made(project, "r1", ledger)
    crossing(published)
    finding = find(published, ledger)
    drawn = bands(finding)
    alone = sum(band.people for band in drawn if band.where == ALONE)
    together = sum(band.people for band in drawn if band.where == TOGETHER)
    assert alone == published.assess().kept
    assert together == finding.joined.people
    assert next(b.people for b in drawn if (b.sizes, b.where) == ("1", TOGETHER)) == finding.joined.alone
    assert sum(b.people for b in drawn if b.where == TOGETHER and b.sizes in ("1", "2–4")) == finding.small
    assert releases_table(finding)["How this one lies in it"] == ["not nested: the groups cross"]


def test_two_releases_share_no_pseudonym_and_the_same_one_has_the_same(project: Project, keys: OwnerKeys) -> None:
    """With the vault's own key, for the same people and column."""
    from anonymiser.release.pseudonyms import pseudonym_column
    from anonymiser.releasing import pseudonym_requests, with_pseudonyms

    project.change(with_pseudonyms(project.recipe, ["national_insurance_number"]))
    (request,) = pseudonym_requests(project)
    rows = project.released().source_rows
    drawn = [
        pseudonym_column(request, rows, keys.for_release(release_id, recipient)).labels
        for release_id, recipient in (("r1", "Imperial"), ("r1", "Imperial"), ("r2", "Imperial"), ("r1", "Oxford"))
    ]
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) == rows.size
    assert not set(drawn[0]) & set(drawn[2])
    assert not set(drawn[0]) & set(drawn[3])
    assert not set(drawn[2]) & set(drawn[3])


class TestTables:
    """Counts in tables beside counts that somebody has already."""

    def test_the_same_people_in_coarser_bands_pass(self, published: Project, ledger: Ledger, made: Make) -> None:
        published.change(with_form(published.recipe, ReleaseForm.TABLES, 60))
        made(published, "t1", ledger)
        published.change(published.recipe.with_levels({"birthdate": published.recipe.attribute("birthdate").top}))
        found = find(published, ledger)
        assert found.subtracted is not None
        assert found.subtracted.cells == 0
        assert not failing(points_of(published, ledger))

    def test_other_cuts_that_leave_a_few_people_are_stopped(
        self, customers: Microdata, ledger: Ledger, made: Make
    ) -> None:
        first, second = (_by_weight(customers, cut) for cut in (70.0, 70.3))
        made(first, "t1", ledger)
        weights = pd.to_numeric(pd.read_csv(CUSTOMERS, dtype=str)["weight"], errors="coerce")
        between = int(weights.between(70.0, 70.3, inclusive="left").sum())
        assert 5 <= between <= 7  # the joint k does not mind
        found = find(second, ledger)
        assert found.subtracted is not None
        assert (found.subtracted.cells, found.subtracted.columns) == (2, ("weight",))
        assert "Counts beside earlier ones" in failing(points_of(second, ledger))

    def test_budgets_add_up(self, published: Project, ledger: Ledger, made: Make) -> None:
        counted = with_form(published.recipe, ReleaseForm.TABLES, 60)
        for release_id, budget in (("d1", 0.5), ("d2", 1.0)):
            published.change(counted.changed(budget=budget))
            told = {point.name: point for point in points_of(published, ledger)}
            made(published, release_id, ledger)
        assert "ε = 1.5" in told["Privacy budgets together"].sentence
        assert find(published, ledger).subtracted is None  # noise covers what subtracting leaves


def _by_weight(customers: Microdata, cut: float) -> Project:
    """Counts of people above and below a weight, for researchers."""
    project = Project(customers)
    project.choose_policy(RESEARCHERS.name)
    spec = IntervalSpec(levels=(IntervalLevel(name="bands", edges=(cut,)),), unit="kg")
    for plan in project.recipe.attributes:
        project.change(project.recipe.with_attribute(plan.name, treatment=Treatment.DROP))
    recipe = project.recipe.with_attribute(
        "weight", role=Role.QUASI, treatment=Treatment.RELEASE, hierarchy=spec, level=1
    ).changed(requirements=(KAnonymity(k=5),))
    project.change(with_form(recipe, ReleaseForm.TABLES, 60))
    return project
