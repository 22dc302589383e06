"""Two releases joined, on the release and attack pages, driven through the real app."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from anonymiser.audit import Trail, local_actor
from anonymiser.gate import JOINED
from anonymiser.policy import GOVERNMENT, RESEARCHERS
from anonymiser.project import Project
from anonymiser.release.ledger import ledger_beside
from anonymiser.release.vault import open_vault as open_vault_file
from anonymiser.releasing import draft
from anonymiser.releasing.joined import compared

Open = Callable[[str], AppTest]
STOPPED = "A requirement of the policy fails"
WORDS = "correct horse battery"


def project(app: AppTest) -> Project:
    return app.session_state["project"]


def part(app: AppTest, name: str = "Two releases joined", parts: str = "release-parts") -> AppTest:
    app.run()
    app.session_state[parts] = name
    app.run()
    assert not app.exception
    return app


def texts(app: AppTest) -> str:
    elements = (*app.markdown, *app.caption, *app.error, *app.success, *app.info)
    return "\n".join(str(element.value) for element in elements)


def open_vault(app: AppTest) -> AppTest:
    part(app)
    app.text_input(key="vault-passphrase").set_value(WORDS)
    if any(field.key == "vault-again" for field in app.text_input):
        app.text_input(key="vault-again").set_value(WORDS)
    next(button for button in app.button if "vault" in button.label).click().run()
    return part(app)


def remember_release(app: AppTest, home: Path) -> None:
    """Enter the project's setting into the ledger, as making the release would."""
    keys = open_vault_file(home / "vault.json", WORDS)
    ledger, trail = ledger_beside(home / "vault.json", keys), Trail(local_actor()).signed_by(keys.signing)
    given, policy = draft(project(app), date(2026, 3, 1)), project(app).policy
    beside = compared(project(app), project(app).released(), given, policy, ledger, trail=trail)
    with beside.commit:
        pass


def cross(app: AppTest) -> None:
    """The government's setting of the policy's warning: 5 years and the degree beside the researchers' release."""
    project(app).choose_policy(GOVERNMENT.name, levels=True)
    recipe = project(app).recipe
    words = (
        recipe.attribute("birthdate").hierarchy.level_names,
        recipe.attribute("education_level").hierarchy.level_names,
    )
    project(app).change(
        recipe.with_levels(
            {
                "birthdate": words[0].index("5 years"),
                "education_level": words[1].index("degree / other"),
                "country_of_birth": recipe.attribute("country_of_birth").top,
            }
        )
    )


@pytest.fixture
def app(open_app: Open, tmp_path: Path) -> AppTest:
    """The release page after the researchers' release, with the vault open."""
    opened = open_app("release")
    project(opened).choose_policy(RESEARCHERS.name, levels=True)
    open_vault(opened)
    remember_release(opened, tmp_path / "home")
    return opened


def test_without_a_vault_an_open_release_asks_for_it(open_app: Open) -> None:
    app = open_app("release")
    project(app).choose_policy(GOVERNMENT.name, levels=True)
    app.run()
    assert "Open your vault" in texts(app)  # the page begins with the part that is missing
    assert STOPPED in texts(part(app, "Make the release"))
    assert app.button(key="make").disabled
    part(app)
    next(button for button in app.button if "no earlier release" in button.label).click().run()
    assert "name is missing" in app.error[0].value


def test_before_the_first_release_there_is_nothing_to_join(open_app: Open) -> None:
    app = open_app("release")
    project(app).choose_policy(GOVERNMENT.name, levels=True)
    open_vault(app)
    assert "Nothing to join yet" in texts(app)
    assert STOPPED not in texts(part(app, "Make the release"))


def test_a_nested_release_passes_and_is_listed(app: AppTest) -> None:
    project(app).choose_policy(GOVERNMENT.name, levels=True)
    part(app)
    assert "can single out nobody" in texts(app)
    listed = app.dataframe[0].value
    assert listed["Held by"].tolist() == ["Imperial College researchers"]
    assert listed["How this one lies in it"].tolist() == ["nested: this one is coarser"]
    told = texts(part(app, "Checklist"))
    assert f"**{JOINED}.** Joined with 1 earlier release" in told
    assert "**fails**" not in told


def test_a_crossing_release_is_stopped_and_made_to_nest_with_one_click(app: AppTest) -> None:
    cross(app)
    before = project(app).recipe
    part(app)
    assert "Someone who holds both releases can" in texts(app)
    assert "Without birthdate" in texts(app)
    assert STOPPED in texts(part(app, "Make the release"))
    assert app.button(key="make").disabled
    part(app)
    app.button(key="make-it-nest").click().run()
    assert project(app).recipe.attribute("birthdate").level_name == "20 years"
    assert "can single out nobody" in texts(part(app))
    project(app).undo()
    assert project(app).recipe == before


def test_a_release_that_never_left_is_taken_out_of_the_count(app: AppTest) -> None:
    cross(app)
    part(app)
    app.text_input(key="withdraw-why").set_value("Only a rehearsal.")
    app.text_input(key="withdraw-who").set_value("A. Owner")
    next(button for button in app.button if "does not count" in button.label).click().run()
    assert "Nothing to join yet" in texts(part(app))


def test_the_attack_page_shows_it_too(app: AppTest) -> None:
    cross(app)
    app.switch_page("pages/attack.py").run()
    part(app, parts="attack-parts")
    assert "Someone who holds both releases can" in texts(app)
    assert [button for button in app.button if button.key == "make-it-nest"]


def badges(app: AppTest) -> str:
    return " ".join(str(badge.value) for badge in app.markdown if "badge" in str(badge.value))


def test_overview_compares_and_tune_shows_what_was_compared_at_this_setting(app: AppTest) -> None:
    cross(app)
    app.switch_page("pages/tune.py").run()
    assert f"{JOINED}:" not in badges(app), "a page that answers at each press compares nothing itself"
    app.switch_page("pages/overview.py").run()
    assert "Someone who holds both releases can" in texts(app)
    app.switch_page("pages/tune.py").run()
    assert f"{JOINED}: fails" in badges(app)
    slider = next(s for s in app.select_slider if s.label == "birthdate")
    slider.set_value(project(app).recipe.attribute("birthdate").top).run()
    assert f"{JOINED}:" not in badges(app), "at another setting nothing was compared"


def test_where_the_vault_knows_no_release_every_setting_says_so(open_app: Open, tmp_path: Path) -> None:
    app = open_vault(open_app("release"))
    project(app).choose_policy(RESEARCHERS.name, levels=True)
    app.switch_page("pages/tune.py").run()
    assert f"{JOINED}: met" in badges(app)
    remember_release(app, tmp_path / "home")
    app.run()
    assert f"{JOINED}:" not in badges(app), "a release was made meanwhile"


def test_presenting_shows_no_value(app: AppTest) -> None:
    cross(app)
    app.session_state["presenting"] = True
    part(app)
    values = {
        value for name in ("surname", "postcode", "birthdate") for value in project(app).microdata.column(name).values
    }
    shown = "\n".join([texts(app), *(frame.value.to_csv() for frame in app.dataframe)])
    assert not [value for value in values if len(value) > 5 and value in shown]
