"""The release page, driven through the real app."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest
from streamlit.testing.v1 import AppTest

from anonymiser import autosave
from anonymiser.audit import TRAIL_FILE, Event, folder_of, read_entries
from anonymiser.policy import GOVERNMENT
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.recipe import ReleaseForm, Treatment
from anonymiser.release.opening import open_release
from anonymiser.release.unseal import OpeningKey

Open = Callable[[str], AppTest]


@pytest.fixture
def app(open_app: Open) -> AppTest:
    """The page at the levels of the researchers' policy."""
    opened = open_app("release")
    project(opened).choose_policy(project(opened).policy.name, levels=True)
    return make_part(opened)


def project(app: AppTest) -> Project:
    return app.session_state["project"]


def part(app: AppTest, name: str) -> AppTest:
    app.run()  # where the verdict changed, the page begins with the part that it calls for
    app.session_state["release-parts"] = name
    app.run()
    assert not app.exception
    return app


def make_part(app: AppTest) -> AppTest:
    return part(app, "Make the release")


def texts(app: AppTest) -> str:
    elements = (*app.markdown, *app.caption, *app.error, *app.success, *app.info, *app.code)
    return "\n".join(str(element.value) for element in elements)


def make(app: AppTest) -> AppTest:
    app.button(key="make").click().run(timeout=120)
    assert not app.exception
    return app


def folders(tmp_path: Path) -> tuple[Path, Path]:
    """The release and the private archive that were made."""
    (made,) = (tmp_path / "home" / "releases").iterdir()
    (release,) = (path for path in made.glob("release_*") if path.is_dir())
    (supporting,) = (path for path in made.glob("supporting_*") if path.is_dir())
    return release, supporting


def field(app: AppTest, begin: str) -> str:
    return next(widget.key for widget in app.text_input if widget.key and widget.key.startswith(begin))


class TestChecklist:
    def test_every_point_has_a_word_and_a_source(self, app: AppTest) -> None:
        told = texts(part(app, "Checklist"))
        assert told.count(":material/check_circle:] met") >= 5
        assert told.count("not checked yet") >= 1
        assert "Asked for by: El Emam" in told
        assert "**fails**" not in told

    def test_a_failing_point_says_so_and_stops_the_release(self, open_app: Open) -> None:
        app = open_app("release")
        assert "**fails**" in texts(app)  # the checklist comes first while a point fails
        make_part(app)
        assert app.button(key="make").disabled
        assert "A requirement of the policy fails" in texts(app)

    def test_every_column_is_listed_as_leaving_or_staying(self, app: AppTest) -> None:
        part(app, "Columns")
        leaving, staying = (frame.value for frame in app.dataframe)
        assert len(leaving) + len(staying) == len(project(app).recipe.attributes)
        assert staying["Why"].str.len().gt(0).all()
        assert {m.label for m in app.metric} == {"What leaves", "What stays here", "Who can open it"}


class TestSealed:
    def test_end_to_end_under_six_words(self, app: AppTest, tmp_path: Path) -> None:
        make(app)
        release, _ = folders(tmp_path)
        words = next(code.value for code in app.code if code.value.count("-") >= 5)
        opened = open_release(release, tmp_path / "opened", OpeningKey(passphrase=words))
        assert opened.fingerprint in {code.value for code in app.code}
        table = read(opened.folder / "data" / "records.csv")
        assert table.rows == project(app).assess().kept
        assert "surname" not in table.names
        assert f"{table.rows} records" in app.success[0].value

    def test_the_words_are_gone_once_they_were_told(self, app: AppTest) -> None:
        make(app)
        words = [code.value for code in app.code if code.value.count("-") >= 5]
        assert len(words) == 2  # one for the recipient, one for the owner
        app.button(key="told").click().run()
        app.button(key="noted").click().run()
        assert not any(word in texts(app) for word in words)

    def test_nothing_secret_is_on_a_projector(self, app: AppTest, tmp_path: Path) -> None:
        make(app)
        words = [code.value for code in app.code if code.value.count("-") >= 5]
        app.toggle(key="presenting").set_value(True).run()
        assert not any(word in texts(app) for word in words)
        assert str(tmp_path) not in texts(app)

    def test_downloads_hold_the_sealed_folders_only(self, app: AppTest, tmp_path: Path) -> None:
        make(app)
        release, supporting = folders(tmp_path)
        for folder in (release, supporting):
            with zipfile.ZipFile(folder.with_suffix(".zip")) as archive:
                names = {Path(name).name for name in archive.namelist()}
            assert names == {path.name for path in folder.iterdir()}
            assert any(name.endswith(".tar.age") for name in names)
            assert not any(name.endswith((".csv", ".parquet", ".json")) for name in names - {"manifest.json"})
        assert {button.label for button in app.download_button} >= {
            "Download the release",
            "Download the private archive",
        }

    def test_to_a_key(self, app: AppTest, tmp_path: Path) -> None:
        identity = pyrage.x25519.Identity.generate()
        app.radio(key="seal-way").set_value("key").run()
        assert app.button(key="make").disabled
        app.text_input(key="public-key").set_value("age1notakey").run()
        assert "not an age public key" in app.error[0].value
        assert app.button(key="make").disabled
        app.text_input(key="public-key").set_value(f" {identity.to_public()} ").run()
        make(app)
        (tmp_path / "key.txt").write_text(f"{identity}\n")
        assert open_release(folders(tmp_path)[0], tmp_path / "opened", OpeningKey(identity=tmp_path / "key.txt"))

    def test_another_release_begins_with_another_id(self, app: AppTest, tmp_path: Path) -> None:
        make(app)
        app.button(key="another").click().run()
        make_part(app)
        make(app)
        assert len(list((tmp_path / "home" / "releases").iterdir())) == 2

    def test_a_changed_setting_is_noticed(self, app: AppTest) -> None:
        make(app)
        project(app).change(project(app).recipe.with_levels({"gender": 1}))
        app.run()
        assert "this is the release of the earlier one" in texts(app)

    def test_missing_words_are_asked_for_and_nothing_is_written(self, app: AppTest, tmp_path: Path) -> None:
        app.text_input(key=field(app, "contact-")).set_value(" ").run()
        make(app)
        assert "Still missing for the release: a contact" in app.error[0].value
        assert not (tmp_path / "home" / "releases").exists()

    def test_words_stay_while_the_owner_looks_elsewhere(self, app: AppTest) -> None:
        app.text_input(key=field(app, "purpose-")).set_value("A study of sleep.").run()
        app.switch_page("pages/data.py").run()
        app.switch_page("pages/release.py").run()
        make_part(app)
        assert app.text_input(key=field(app, "purpose-")).value == "A study of sleep."


class TestForms:
    def test_tables(self, app: AppTest, tmp_path: Path) -> None:
        app.radio(key="release-form").set_value(ReleaseForm.TABLES).run()
        assert project(app).recipe.form is ReleaseForm.TABLES
        assert "Counts only" in {m.value for m in app.metric}
        make(app)
        assert folders(tmp_path)[0].exists()
        assert "Its counts were checked again" in app.success[0].value

    def test_a_sample_with_its_share(self, app: AppTest) -> None:
        app.radio(key="release-form").set_value(ReleaseForm.SAMPLE).run()
        app.slider(key="sample-share").set_value(40).run()
        assert project(app).recipe.sample_fraction == 0.4
        assert any(m.value.startswith("40 % of") for m in app.metric)

    def test_a_pseudonym_is_chosen_and_taken_back(self, app: AppTest) -> None:
        app.multiselect(key="pseudonyms").set_value(["national_insurance_number"]).run()
        assert project(app).recipe.attribute("national_insurance_number").treatment is Treatment.PSEUDONYM
        app.multiselect(key="pseudonyms").set_value([]).run()
        assert project(app).recipe.attribute("national_insurance_number").treatment is Treatment.DROP

    def test_mangled_identifiers_make_no_pseudonym(self, app: AppTest, tmp_path: Path) -> None:
        app.multiselect(key="pseudonyms").set_value(["phone_number"]).run()
        make(app)
        assert len(app.error) == 1
        assert not (tmp_path / "home" / "releases").exists()


class TestOpen:
    @pytest.fixture
    def opened(self, app: AppTest) -> AppTest:
        project(app).choose_policy(GOVERNMENT.name, levels=True)
        part(app, "Two releases joined")
        app.text_input(key="first-name").set_value("A. Owner")
        next(button for button in app.button if "no earlier release" in button.label).click().run()
        make_part(app)
        assert app.button(key="make").disabled, "what is published needs a second person"
        app.text_input(key="second-person").set_value("B. Colleague").run()
        return app

    def test_anyone_can_open_it(self, opened: AppTest, tmp_path: Path) -> None:
        assert "Anyone" in {m.value for m in opened.metric}
        assert not [radio for radio in opened.radio if radio.key == "seal-way"]
        assert not [box for box in opened.multiselect if box.key == "pseudonyms"]
        make(opened)
        folder = open_release(folders(tmp_path)[0], tmp_path / "opened").folder
        assert read(folder / "data" / "records.csv").rows == 1000
        assert "Everything in it may be published" in texts(opened)

    def test_it_is_never_overridden(self, opened: AppTest) -> None:
        project(opened).change(project(opened).recipe.with_levels({"birthdate": 0}))
        make_part(opened)
        assert opened.button(key="make").disabled
        assert not [area for area in opened.text_area if area.key == "override-reason"]


class TestOverride:
    def test_a_reason_and_two_people_let_it_through(self, app: AppTest, tmp_path: Path) -> None:
        project(app).change(project(app).recipe.with_levels({"birthdate": 0}))
        make_part(app)
        assert app.button(key="make").disabled
        app.text_area(key="override-reason").set_value("Agreed with the ethics board.").run()
        app.text_input(key="override-first").set_value("Ada").run()
        assert app.button(key="make").disabled
        app.text_input(key="override-second").set_value("Grace").run()
        make(app)
        assert folders(tmp_path)[0].exists()

    def test_the_same_person_twice_is_refused(self, app: AppTest, tmp_path: Path) -> None:
        project(app).change(project(app).recipe.with_levels({"birthdate": 0}))
        make_part(app)
        app.text_area(key="override-reason").set_value("Because.").run()
        app.text_input(key="override-first").set_value("Ada").run()
        app.text_input(key="override-second").set_value("ada").run()
        make(app)
        assert "two people" in app.error[0].value
        assert not (tmp_path / "home" / "releases").exists()


class TestVault:
    def vault(self, app: AppTest, first: str, again: str | None = None) -> AppTest:
        app.text_input(key="vault-passphrase").set_value(first)
        if again is not None:
            app.text_input(key="vault-again").set_value(again)
        next(button for button in app.button if "vault" in button.label).click().run()
        assert not app.exception
        return app

    def test_two_releases_have_one_fingerprint(self, app: AppTest) -> None:
        self.vault(app, "correct horse", "correct horse")
        fingerprint = next(code.value for code in app.code)
        make(app)
        assert fingerprint in {code.value for code in app.code}
        assert "passphrase of your vault" in texts(app)

    def test_another_passphrase_is_noted(self, app: AppTest) -> None:
        self.vault(app, "correct horse", "correct horse")
        for key, words in (("vault-old", "correct horse"), ("vault-new", "battery"), ("vault-new-again", "battery")):
            app.text_input(key=key).set_value(words)
        next(button for button in app.button if button.label == "Change it").click().run()
        assert "Changed." in app.success[0].value
        last = read_entries((folder_of(autosave.home()) / TRAIL_FILE).read_bytes())[-1]
        assert (last.event, last.fields) == (Event.REWRAPPED, {})

    @pytest.mark.parametrize(("first", "again", "told"), [("a", "b", "differ"), ("", "", "empty")])
    def test_a_vault_needs_its_passphrase_twice(self, app: AppTest, first: str, again: str, told: str) -> None:
        self.vault(app, first, again)
        assert told in app.error[0].value

    def test_a_wrong_passphrase_does_not_open_it(self, app: AppTest, open_app: Open) -> None:
        self.vault(app, "correct horse", "correct horse")
        other = make_part(open_app("release"))
        self.vault(other, "wrong")
        assert "does not open the vault" in other.error[0].value
        self.vault(other, "correct horse")
        assert "Your vault is open" in texts(other)
