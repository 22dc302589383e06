"""Roles on the pages: one place decides, and nothing that reads rows or hands something out goes past it."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from anonymiser.access import Right
from anonymiser.audit import Event, Trail, read_entries
from pages.common import access, shared
from tests.conftest import ROOT

Open = Callable[[str], AppTest]
PAGES = sorted((ROOT / "pages").glob("*.py"))
PARTS = sorted((ROOT / "pages" / "common").glob("*.py"))
READS_ROWS = {
    "before_after",
    "breaking_class",
    "every_column",
    "groups_table",
    "labels_at",
    "learnt",
    "presence_sentences",
    "preview",
    "comparing.records",
    "uniform_sentence",
    "value_known",
    "who_disappears",
}
"""Functions of the library from which a page gets values of the table."""
HANDS_OUT = {"release", "bundle", "open_vault", "create_vault"}
GUARDS = {"presenting", "needs", "require", "later"}
ROLES = {"vera": "viewer", "anna": "analyst", "rita": "releaser"}


def calls_in(tree: ast.AST) -> set[str]:
    """Names of what is called, by itself and with the module before it."""
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    plain = {call.id for call in called if isinstance(call, ast.Name)}
    methods = {call for call in called if isinstance(call, ast.Attribute)}
    return plain | {call.attr for call in methods} | {ast.unparse(call) for call in methods}


def names_in(tree: ast.AST) -> set[str]:
    nodes = list(ast.walk(tree))
    return {n.attr for n in nodes if isinstance(n, ast.Attribute)} | {n.id for n in nodes if isinstance(n, ast.Name)}


def parts_of(path: Path, seen: frozenset[str] = frozenset()) -> frozenset[str]:
    """Every module of pages/common that a page draws with."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("pages.common"):
            last = node.module.rpartition(".")[2]
            for name in [alias.name for alias in node.names] if node.module == "pages.common" else [last]:
                part = ROOT / "pages" / "common" / f"{name}.py"
                if part.exists() and name not in seen:
                    seen = parts_of(part, seen | {name})
    return seen


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_page_has_a_right_and_asks_at_the_door(path: Path) -> None:
    assert path.stem in access.PAGES, "say in pages/common/access.py who may open it"
    body = ast.parse(path.read_text(encoding="utf-8")).body
    assert "enter" in calls_in(ast.Module([node for node in body if not isinstance(node, ast.FunctionDef)], [])), (
        "a page begins with enter(), which asks who is there"
    )


def test_a_page_that_is_not_listed_opens_to_nobody_but_releasers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "may", lambda right: right is not Right.EXPORT)
    assert access.may_open("overview")
    assert not access.may_open("a_new_one")


def test_every_function_that_reads_rows_asks() -> None:
    """By itself; or it is drawn by pages only that open to nobody who may not see rows."""
    open_to_viewers = {
        part for page in PAGES if access.PAGES[page.stem] is Right.SEE for part in (page.stem, *parts_of(page))
    }
    found = 0
    for path in (*PAGES, *PARTS):
        for function in functions(path):
            if not calls_in(function) & READS_ROWS:
                continue
            found += 1
            asks = bool(names_in(function) & GUARDS)
            assert asks or path.stem not in open_to_viewers, f"{path.name}: {function.name} reads rows and does not ask"
    assert found > 8, "the functions that read rows have other names now"


def test_every_function_that_hands_something_out_asks() -> None:
    found = 0
    for path in (*PAGES, *PARTS):
        public = next(
            (
                ast.literal_eval(node.value)
                for node in ast.parse(path.read_text(encoding="utf-8")).body
                if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"
            ),
            [],
        )
        touching = [function.name for function in functions(path) if calls_in(function) & HANDS_OUT]
        if not touching:
            continue
        found += 1
        for function in functions(path):
            if function.name in public:
                assert any("access.needs" in calls_in(mark) for mark in function.decorator_list), (
                    f"{path.name}: {function.name} leads to {', '.join(touching)} and does not ask"
                )
    assert found >= 3


@pytest.fixture
def opened_by(open_app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], AppTest]:
    home = tmp_path / "home"
    home.mkdir()
    people = "\n".join(f'"{name}@example.org" = "{role}"' for name, role in ROLES.items())
    (home / "access.toml").write_text(f"[people]\n{people}\n", encoding="utf-8")

    class User(dict):
        def to_dict(self) -> dict[str, object]:
            return dict(self)

        @property
        def is_logged_in(self) -> bool:
            return self["is_logged_in"]

    def opened(name: str | None, page: str = "overview") -> AppTest:
        said = User(is_logged_in=name is not None)
        if name is not None:
            said |= {"sub": name, "email": f"{name}@example.org", "email_verified": True, "iat": time.time() - 1}
        monkeypatch.setattr("streamlit.user", said)
        return open_app(page)

    return opened


def texts(app: AppTest) -> str:
    said = "\n".join(str(e.value) for e in (*app.markdown, *app.caption, *app.error, *app.title, *app.subheader))
    return said.replace("\u200b", "")  # parts addresses, so that they become no links


def test_nobody_sees_anything_before_signing_in(opened_by: Callable[[str | None], AppTest]) -> None:
    app = opened_by(None)
    assert not app.exception
    assert "Sign in to see anything." in texts(app)
    assert "customers" not in texts(app)
    assert "project" not in app.session_state


def test_somebody_unknown_gets_nothing(opened_by: Callable[[str | None], AppTest]) -> None:
    app = opened_by("mallory")
    assert "You have no role here." in texts(app)
    assert "project" not in app.session_state
    events = [entry.event for entry in read_entries(Trail().folder.joinpath("audit.jsonl").read_bytes())]
    assert events[-1] is Event.REFUSED


def test_a_viewer_can_change_nothing(opened_by: Callable[[str | None], AppTest]) -> None:
    app = opened_by("vera", "compare")
    assert not app.exception
    project = app.session_state["project"]
    before = project.recipe
    with pytest.raises(Exception, match="does not let you"):
        project.change(before.changed(suppression=0.01))
    assert project.recipe == before
    keys = {button.key for button in app.button}
    assert not keys & {"undo", "redo", "reset", "open-table", "add-recipient"}
    assert app.toggle(key="presenting").disabled


def test_an_analyst_tunes_and_does_not_release(opened_by: Callable[..., AppTest]) -> None:
    app = opened_by("anna", "release")
    app.session_state["release-parts"] = "Make the release"
    app.run()
    assert not app.exception
    assert "does not let you make releases" in texts(app)
    assert "make" not in {button.key for button in app.button}
    project = app.session_state["project"]
    project.change(project.recipe.changed(suppression=0.01))


def test_roles_without_a_sign_in_let_nobody_in(open_app: Open, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "access.toml").write_text("[people]\n", encoding="utf-8")
    app = open_app("overview")
    assert "no sign-in is configured" in texts(app)
    assert "project" not in app.session_state


def test_an_open_network_without_a_sign_in_lets_nobody_in(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    from streamlit import config

    shown = config.get_option
    monkeypatch.setattr("streamlit.get_option", lambda name: "0.0.0.0" if name == "server.address" else shown(name))
    app = open_app("overview")
    assert "can be reached from elsewhere, and nobody has to sign in" in texts(app)


def test_nobody_from_elsewhere_chooses_among_the_server_s_files(opened_by: Callable[..., AppTest]) -> None:
    app = opened_by("anna", "data")
    app.button(key="open-table").click().run()
    assert not app.exception
    assert "path" not in {text.key for text in app.text_input}
    asking = [path for path in PARTS if "Or a file on this machine" in path.read_text(encoding="utf-8")]
    assert len(asking) == 2
    for path in asking:
        places = [function for function in functions(path) if "Or a file on this machine" in ast.unparse(function)]
        assert all("access.is_on" in calls_in(place) for place in places), path.name


def test_what_is_shown_to_viewers_is_the_setting_and_never_a_row(opened_by: Callable[..., AppTest]) -> None:
    analyst = opened_by("anna", "tune")
    project = analyst.session_state["project"]
    project.choose_policy(project.policy.name, levels=True)
    analyst.run()
    analyst.button(key="share").click().run()
    assert not analyst.exception
    viewer = opened_by("vera", "tune")
    assert not viewer.exception
    shown = viewer.session_state["project"]
    assert shown is not project
    assert shown.recipe == project.recipe
    assert "Shown to you by anna@example.org." in texts(viewer)
    assert not viewer.select_slider
    assert str(project.assess().k) in {metric.value for metric in viewer.metric}
    shared.stop(project.microdata.fingerprint)
    assert "Nobody shows you a table" in texts(opened_by("vera"))
