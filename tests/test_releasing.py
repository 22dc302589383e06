from __future__ import annotations

import json
import tarfile
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyrage
import pytest

from anonymiser.attributes import Role
from anonymiser.errors import InputError, OutputError, PolicyError, SealError
from anonymiser.microdata import Microdata
from anonymiser.policy import GOVERNMENT, RESEARCHERS
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.recipe import ReleaseForm, Treatment
from anonymiser.release.leaks import RawKind
from anonymiser.release.opening import open_release
from anonymiser.release.seal import NotSealed, SealToKey
from anonymiser.release.unseal import OpeningKey
from anonymiser.releasing import (
    FirstRelease,
    Override,
    Particulars,
    bundle,
    can_be_pseudonym,
    draft,
    made_in_words,
    must_not_leave,
    outline,
    pseudonym_requests,
    release,
    stopped_by,
    with_form,
    with_pseudonyms,
)
from sample_data import CUSTOMERS

TODAY = date(2026, 3, 1)
FIRST = FirstRelease("A. Owner")


@pytest.fixture(scope="module")
def customers() -> Microdata:
    return read(CUSTOMERS)


@pytest.fixture
def project(customers: Microdata) -> Project:
    made = Project(customers)
    made.choose_policy(RESEARCHERS.name, levels=True)
    return made


@pytest.fixture
def identity() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def sealing(identity: pyrage.x25519.Identity) -> SealToKey:
    return SealToKey(str(identity.to_public()))


def particulars(project: Project) -> Particulars:
    return replace(draft(project, TODAY), owner="iInsureU123", contact="privacy@iinsureu123.example")


def opened(folder: Path, identity: pyrage.x25519.Identity, out: Path) -> Path:
    key = out.parent / "key.txt"
    key.write_text(f"{identity}\n")
    return open_release(folder, out, OpeningKey(identity=key)).folder


class TestDraft:
    def test_ids_differ(self, project: Project) -> None:
        assert draft(project, TODAY).release_id != draft(project, TODAY).release_id

    def test_an_open_release_asks_for_less(self, project: Project) -> None:
        restricted = draft(project, TODAY)
        project.choose_policy(GOVERNMENT.name)
        assert len(draft(project, TODAY).terms) < len(restricted.terms)

    def test_a_title_is_made_of_the_file_name(self, project: Project) -> None:
        assert draft(project, TODAY).title == "Customers"

    @pytest.mark.parametrize("field", ["owner", "contact", "title", "purpose", "recipient"])
    def test_nothing_may_be_empty(self, project: Project, sealing: SealToKey, tmp_path: Path, field: str) -> None:
        with pytest.raises(InputError, match="Still missing"):
            release(project, replace(particulars(project), **{field: " "}), sealing, tmp_path / "out")
        assert not (tmp_path / "out").exists()


class TestRelease:
    def test_sealed_end_to_end(
        self, project: Project, sealing: SealToKey, identity: pyrage.x25519.Identity, tmp_path: Path
    ) -> None:
        told: list[tuple[float, str]] = []
        result = release(
            project,
            particulars(project),
            sealing,
            tmp_path / "out",
            owner=sealing,
            progress=lambda fraction, words: told.append((fraction, words)),
        )
        assert result.proof.k >= RESEARCHERS.k.value
        assert told[0] == (0.0, "Checking the policy")
        assert told[-1][0] == 1.0
        assert [fraction for fraction, _ in told] == sorted(fraction for fraction, _ in told)
        assert "is ready" in made_in_words(result)
        folder = opened(result.release, identity, tmp_path / "opened")
        table = read(folder / "data" / "records.csv")
        assert table.rows == project.assess().kept
        assert not {"given_name", "postcode", "phone_number", "weight"} & set(table.names)

    def test_the_private_archive_has_recipe_and_decisions(
        self, project: Project, sealing: SealToKey, identity: pyrage.x25519.Identity, tmp_path: Path
    ) -> None:
        result = release(project, particulars(project), sealing, tmp_path / "out", owner=sealing)
        plain = tmp_path / "supporting.tar"
        plain.write_bytes(pyrage.decrypt((result.supporting / "supporting.tar.age").read_bytes(), [identity]))
        with tarfile.open(plain) as archive:
            decisions = json.load(archive.extractfile("decisions.json"))
            recipe = json.load(archive.extractfile("recipe.json"))
        assert recipe["recipient"] == RESEARCHERS.name
        assert decisions["override"] is None
        assert {check["met"] for check in decisions["checks"]} == {True, None}
        phone = next(column for column in decisions["columns"] if column["column"] == "phone_number")
        assert phone["treatment"] == "drop"
        assert phone["why this role"]

    def test_open_end_to_end(self, project: Project, sealing: SealToKey, tmp_path: Path) -> None:
        project.choose_policy(GOVERNMENT.name, levels=True)
        given = particulars(project)
        result = release(project, given, NotSealed(), tmp_path / "out", owner=sealing, remembered=FIRST)
        assert result.passphrase is None
        assert result.proof.k >= GOVERNMENT.k.value
        dictionary = (result.release / "TRANSFORMATIONS.md").read_text()
        assert "never released" in dictionary

    @pytest.mark.parametrize("form", [ReleaseForm.TABLES, ReleaseForm.SAMPLE])
    def test_other_forms(
        self, project: Project, sealing: SealToKey, identity: pyrage.x25519.Identity, tmp_path: Path, form: ReleaseForm
    ) -> None:
        project.change(with_form(project.recipe, form, 50))
        result = release(project, particulars(project), sealing, tmp_path / "out", owner=sealing)
        table = read(opened(result.release, identity, tmp_path / "opened") / "data" / "records.csv")
        if form is ReleaseForm.TABLES:
            assert "people" in table.names
        else:
            assert table.rows + result.left_out == pytest.approx(project.assess().kept / 2, abs=1)

    def test_a_pseudonym_leaves_in_place_of_an_identifier(
        self, project: Project, sealing: SealToKey, identity: pyrage.x25519.Identity, tmp_path: Path
    ) -> None:
        project.change(with_pseudonyms(project.recipe, ["national_insurance_number"]))
        result = release(project, particulars(project), sealing, tmp_path / "out", owner=sealing)
        table = read(opened(result.release, identity, tmp_path / "opened") / "data" / "records.csv")
        assert len(table.column("national_insurance_number_pseudonym").values) == table.rows

    def test_another_policy_than_the_projects_is_checked(
        self, project: Project, sealing: SealToKey, tmp_path: Path
    ) -> None:
        with pytest.raises(PolicyError, match="Every column counts"):
            release(project, particulars(project), sealing, tmp_path / "out", policy=GOVERNMENT)
        assert not (tmp_path / "out").exists()

    def test_a_bad_key_and_a_used_folder_are_refused(self, project: Project, tmp_path: Path) -> None:
        with pytest.raises(SealError):
            release(project, particulars(project), SealToKey("age1nonsense"), tmp_path / "out")
        (tmp_path / "used").mkdir()
        (tmp_path / "used" / "something").write_text("here")
        key = SealToKey(str(pyrage.x25519.Identity.generate().to_public()))
        with pytest.raises(OutputError):
            release(project, particulars(project), key, tmp_path / "used")


class TestGate:
    def failing(self, project: Project) -> None:
        project.change(project.recipe.with_levels({"birthdate": 0}))

    def test_a_failing_point_stops_it_and_nothing_is_written(
        self, project: Project, sealing: SealToKey, tmp_path: Path
    ) -> None:
        self.failing(project)
        with pytest.raises(PolicyError, match="Smallest group"):
            release(project, particulars(project), sealing, tmp_path / "out")
        assert not (tmp_path / "out").exists()

    def test_two_people_can_override_and_what_is_reached_is_promised(
        self, project: Project, sealing: SealToKey, identity: pyrage.x25519.Identity, tmp_path: Path
    ) -> None:
        self.failing(project)
        override = Override("Agreed with the ethics board.", "Ada", "Grace")
        result = release(project, particulars(project), sealing, tmp_path / "out", owner=sealing, override=override)
        assert result.proof.k == project.assess().k < RESEARCHERS.k.value
        plain = tmp_path / "supporting.tar"
        plain.write_bytes(pyrage.decrypt((result.supporting / "supporting.tar.age").read_bytes(), [identity]))
        with tarfile.open(plain) as archive:
            assert json.load(archive.extractfile("decisions.json"))["override"]["second_person"] == "Grace"

    @pytest.mark.parametrize(
        ("override", "words"),
        [
            (Override(" ", "Ada", "Grace"), "reason"),
            (Override("Because.", "Ada", ""), "two people"),
            (Override("Because.", "Ada", " ada "), "two people"),
        ],
    )
    def test_an_override_needs_a_reason_and_two_people(
        self, project: Project, sealing: SealToKey, tmp_path: Path, override: Override, words: str
    ) -> None:
        self.failing(project)
        with pytest.raises(PolicyError, match=words):
            release(project, particulars(project), sealing, tmp_path / "out", override=override)

    def test_an_open_release_is_never_overridden(self, project: Project, tmp_path: Path) -> None:
        project.choose_policy(GOVERNMENT.name, levels=True)
        self.failing(project)
        override = Override("Because.", "Ada", "Grace")
        assert stopped_by(project.checks(), GOVERNMENT, override)
        with pytest.raises(PolicyError, match="cannot be overridden"):
            release(project, particulars(project), NotSealed(), tmp_path / "out", override=override)

    def test_direct_identifiers_are_never_overridden(
        self, project: Project, sealing: SealToKey, tmp_path: Path
    ) -> None:
        project.change(project.recipe.with_attribute("surname", treatment=Treatment.RELEASE))
        override = Override("Because.", "Ada", "Grace")
        with pytest.raises(PolicyError, match="Direct identifiers"):
            release(project, particulars(project), sealing, tmp_path / "out", override=override)


class TestRaw:
    def test_identifiers_and_every_finer_level_are_searched_for(self, project: Project) -> None:
        found = list(must_not_leave(project))
        direct = {raw.column.name for raw in found if raw.kind is RawKind.DIRECT}
        assert direct == {plan.name for plan in project.recipe.attributes if plan.role is Role.DIRECT}
        finer = [raw.column.name for raw in found if raw.kind is RawKind.FINER]
        birthdate = project.recipe.attribute("birthdate")
        assert finer.count("birthdate") == birthdate.level
        assert finer.count("postcode") == project.recipe.attribute("postcode").top
        assert finer.count("gender") == 0

    def test_a_level_as_a_column_has_every_record(self, project: Project) -> None:
        for raw in must_not_leave(project):
            assert raw.column.counts.sum() == project.microdata.rows

    def test_pseudonyms_are_chosen_and_taken_back(self, project: Project) -> None:
        names, chosen = can_be_pseudonym(project.recipe)
        assert not chosen
        changed = with_pseudonyms(project.recipe, names[:1])
        assert can_be_pseudonym(changed)[1] == names[:1]
        project.change(changed)
        assert [request.name for request in pseudonym_requests(project)] == [f"{names[0]}_pseudonym"]
        assert with_form(changed, ReleaseForm.TABLES, 100).attribute(names[0]).treatment is Treatment.DROP


class TestOutline:
    def test_every_column_is_listed_once(self, project: Project) -> None:
        plan = outline(project)
        listed = [column.name for column in (*plan.leaving, *plan.staying)]
        assert sorted(listed) == sorted(attribute.name for attribute in project.recipe.attributes)
        assert all(column.words for column in (*plan.leaving, *plan.staying))

    def test_it_lists_what_the_release_holds(self, project: Project) -> None:
        assert [column.name for column in outline(project).leaving] == [
            column.name for column in project.released().columns
        ]

    def test_the_form_and_the_recipient_are_in_the_words(self, project: Project) -> None:
        assert outline(project).who == "The recipient"
        project.change(with_form(project.recipe, ReleaseForm.SAMPLE, 25))
        assert outline(project).amount.startswith("25 % of ")
        project.choose_policy(GOVERNMENT.name, levels=True)
        assert outline(project).who == "Anyone"


def test_a_bundle_holds_the_folder_and_nothing_of_the_machine(tmp_path: Path) -> None:
    folder = tmp_path / "release_x"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "records.csv").write_text("a,b\n")
    path = bundle(folder)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["release_x/data/records.csv"]
        assert archive.read("release_x/data/records.csv") == b"a,b\n"
        assert archive.infolist()[0].date_time[0] == 1980
    assert bundle(folder) == path
    assert path.stat().st_mode & 0o777 == 0o600
