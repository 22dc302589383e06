"""The data page, driven through the real app."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from anonymiser.attributes import Concept, Role
from anonymiser.hierarchies import DateSpec, GroupSpec, IntervalSpec, TableSpec
from anonymiser.project import Project

Open = Callable[[str], AppTest]
NASTY = "![x](http://example.org/x.png)"
PEOPLE = (
    "id;name;seen;weight;"
    + NASTY
    + "\n"
    + "".join(f"{i};Person {i};{1 + i % 12:02d}/0{1 + i % 9}/2020;{60 + i % 30};v{i % 3}\n" for i in range(120))
).encode()


@pytest.fixture
def app(open_app: Open) -> AppTest:
    opened = open_app("data")
    assert not opened.exception
    return opened


def project(app: AppTest) -> Project:
    return app.session_state["project"]


def part(app: AppTest, name: str) -> AppTest:
    app.session_state["data-parts"] = name
    app.run()
    assert not app.exception
    return app


def texts(app: AppTest) -> str:
    elements = (*app.markdown, *app.caption, *app.error, *app.success, *app.info, *app.title)
    return "\n".join(str(element.value) for element in elements)


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    app.button(key="open-table").click().run()
    app.file_uploader(key="upload").set_value((name, content, "text/plain")).run()
    assert not app.exception
    return app


def open_upload(app: AppTest, name: str, content: bytes) -> AppTest:
    upload(app, name, content)
    app.button(key="open-this").click().run()
    assert not app.exception
    return app


def edit_roles(app: AppTest, changes: dict[str, dict[str, str]]) -> AppTest:
    """Change cells of the role table: several rows at once."""
    editor = app.data_editor[0]
    names = list(editor.value["Column"])
    rows = {names.index(name): cells for name, cells in changes.items()}
    app.session_state[editor.key] = {"edited_rows": rows, "added_rows": [], "deleted_rows": []}
    app.run()
    assert not app.exception
    return app


def choose(app: AppTest, column: str) -> AppTest:
    """A column of the part on levels of detail."""
    part(app, "Levels of detail")
    app.selectbox(key="blur-column").set_value(column).run()
    assert not app.exception
    return app


def field(app: AppTest, end: str) -> str:
    """The key of the rule's field that ends so."""
    widgets = (*app.text_input, *app.number_input, *app.multiselect, *app.radio, *app.data_editor, *app.button_group)
    return next(widget.key for widget in widgets if widget.key and widget.key.endswith(end))


class TestSource:
    def test_the_sample_is_described_in_a_sentence(self, app: AppTest) -> None:
        assert "holds 1,000 records in 18 columns" in texts(app)

    def test_an_upload_is_shown_first_and_opened_when_asked_to(self, app: AppTest) -> None:
        upload(app, "people.csv", PEOPLE)
        assert "**120 records in 5 columns**" in texts(app)
        assert project(app).microdata.name == "customers.csv"
        app.button(key="open-this").click().run()
        assert project(app).microdata.name == "people.csv"
        assert "separated by semicolons" in texts(app)

    def test_a_name_from_the_file_stays_text(self, app: AppTest) -> None:
        open_upload(app, "people.csv", PEOPLE)
        assert NASTY not in texts(app)
        for name in ("Uniqueness", "Quality", "Levels of detail"):
            assert NASTY not in texts(part(app, name))

    @pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\0\0", b"only;a;header\n", b"a,a\n1,2\n", b"\0\0\0"])
    def test_a_file_that_is_no_table_is_refused_and_the_table_stays(self, app: AppTest, content: bytes) -> None:
        upload(app, "bad.csv", content)
        assert len(app.error) == 1
        assert not [button for button in app.button if button.key == "open-this"]
        assert project(app).microdata.name == "customers.csv"

    def test_a_path_on_this_machine(self, app: AppTest, tmp_path: object) -> None:
        file = tmp_path / "people.tsv"
        file.write_bytes(PEOPLE.replace(b";", b"\t"))
        app.button(key="open-table").click().run()
        app.text_input(key="path").set_value(f' "{file}" ').run()
        app.button(key="open-this").click().run()
        assert project(app).microdata.rows == 120
        assert str(tmp_path) not in texts(app)

    def test_a_path_that_is_not_there(self, app: AppTest) -> None:
        app.button(key="open-table").click().run()
        app.text_input(key="path").set_value("/nowhere/at/all.csv").run()
        assert "There is no file all" in app.error[0].value

    def test_a_sheet_is_chosen(self, app: AppTest, tmp_path: object) -> None:
        file = tmp_path / "book.xlsx"
        with pd.ExcelWriter(file) as book:
            pd.DataFrame({"a": range(3)}).to_excel(book, sheet_name="first", index=False)
            pd.DataFrame({"b": range(7)}).to_excel(book, sheet_name="second", index=False)
        upload(app, "book.xlsx", file.read_bytes())
        sheet = next(box for box in app.selectbox if box.label == "Sheet")
        assert sheet.value == "first"
        sheet.set_value("second").run()
        app.button(key="open-this").click().run()
        assert project(app).microdata.rows == 7

    def test_the_first_row_can_be_a_record(self, app: AppTest) -> None:
        upload(app, "people.csv", PEOPLE)
        app.selectbox(key="header").set_value("already a record").run()
        app.button(key="open-this").click().run()
        assert project(app).microdata.rows == 121


class TestRoles:
    def test_the_cards_count_columns(self, app: AppTest) -> None:
        assert {m.label: m.value for m in app.metric} == {
            "Name one person": "5",
            "Point together": "5",
            "Seen by others": "6",
            "Could harm": "4",
        }

    def test_several_are_changed_at_once_and_undone_in_one_step(self, app: AppTest) -> None:
        before = project(app).recipe
        edit_roles(app, {"gender": {"Role": "sensitive"}, "weight": {"Role": "quasi-identifier"}})
        assert project(app).recipe.attribute("gender").role is Role.SENSITIVE
        assert project(app).recipe.attribute("weight").is_qi
        assert "gender" in {r.attribute for r in project(app).recipe.requirements}
        assert next(m.value for m in app.metric if m.label == "Point together") == "5"
        app.button(key="undo").click().run()
        assert project(app).recipe == before
        assert list(app.data_editor[0].value["Role"])[2] == "quasi-identifier"

    def test_another_meaning_proposes_another_rule(self, app: AppTest) -> None:
        edit_roles(app, {"n_countries_visted": {"About": "category"}})
        plan = project(app).recipe.attribute("n_countries_visted")
        assert plan.concept is Concept.CATEGORY
        assert not isinstance(plan.hierarchy, IntervalSpec)

    def test_raw_examples_are_hidden_on_a_projector(self, app: AppTest) -> None:
        assert "Examples" in app.data_editor[0].value
        app.toggle(key="presenting").set_value(True).run()
        assert "Examples" not in app.data_editor[0].value
        raw = set(project(app).microdata.column("surname").values)
        assert not raw & set(app.data_editor[0].value.astype(str).to_numpy().ravel())


class TestUniqueness:
    def test_a_chart_with_a_sentence(self, app: AppTest) -> None:
        assert "more than half of the people stand alone" in texts(part(app, "Uniqueness"))


class TestQuality:
    def test_findings_by_weight(self, app: AppTest) -> None:
        told = texts(part(app, "Quality"))
        assert "Needs a decision" in told
        assert "69 of 1,000 cells are long numbers" in told

    def test_a_code_for_missing_values_is_declared_and_the_recipe_stays(self, app: AppTest) -> None:
        edit_roles(app, {"gender": {"Role": "sensitive"}})
        recipe = project(app).recipe
        part(app, "Quality")
        app.selectbox(key="codes-column").set_value("gender")
        app.text_input(key="codes-text").set_value("F, X")
        next(b for b in app.button if b.label == "Treat them as missing").click().run()
        assert not app.exception
        opened = project(app)
        assert opened.table.column(opened.recipe, "gender").n_missing == 500
        assert opened.recipe == recipe.with_attribute("gender", missing=("F", "X"))
        opened.undo()
        assert opened.table.column(opened.recipe, "gender").n_missing == 0

    def test_the_order_of_day_and_month_is_chosen(self, app: AppTest) -> None:
        open_upload(app, "people.csv", PEOPLE)
        assert next(s for s in project(app).suggestions if s.name == "seen").dates.ambiguous
        part(app, "Quality")
        order = next(r for r in app.radio if r.label == "How are the dates written?")
        assert order.options == ["day/month/year", "month/day/year"]
        order.set_value("%m/%d/%Y").run()
        next(b for b in app.button if b.label == "Read them like this").click().run()
        spec = project(app).recipe.attribute("seen").hierarchy
        assert isinstance(spec, DateSpec)
        assert spec.format == "%m/%d/%Y"


class TestLevels:
    def test_every_level_has_its_word_and_its_people(self, app: AppTest) -> None:
        choose(app, "birthdate")
        levels, values = app.dataframe[0].value, app.dataframe[1].value
        assert list(levels["Level"]) == list(project(app).recipe.attribute("birthdate").hierarchy.level_names)
        assert levels["Smallest"].iloc[-1] == 1000
        assert len(values) <= 100

    def test_values_are_hidden_on_a_projector(self, app: AppTest) -> None:
        app.toggle(key="presenting").set_value(True).run()
        choose(app, "education_level")
        assert len(app.dataframe) == 1
        assert not app.data_editor
        assert "Hidden in presentation mode" in texts(app)

    def test_steps_of_a_date_are_changed(self, app: AppTest) -> None:
        choose(app, "birthdate")
        app.multiselect(key=field(app, "date-steps")).set_value(["year", "10 years"]).run()
        app.button(key="apply-rule").click().run()
        assert project(app).recipe.attribute("birthdate").hierarchy.steps == ("year", "10 years")
        app.button(key="undo").click().run()
        assert "20 years" in project(app).recipe.attribute("birthdate").hierarchy.steps

    def test_numbers_with_top_coding(self, app: AppTest) -> None:
        choose(app, "weight")
        app.button_group(key=field(app, "number-way")).set_value("Made anew").run()
        app.number_input(key=field(app, "-top")).set_value(90).run()
        app.button(key="apply-rule").click().run()
        spec = project(app).recipe.attribute("weight").hierarchy
        assert isinstance(spec, IntervalSpec)
        assert max(spec.levels[0].edges) == 90

    def test_widths_that_do_not_nest_are_refused_and_the_rule_stays(self, app: AppTest) -> None:
        before = project(app).recipe
        choose(app, "weight")
        app.button_group(key=field(app, "number-way")).set_value("Made anew").run()
        app.text_input(key=field(app, "widths")).set_value("4, 6").run()
        app.button(key="apply-rule").click().run()
        assert not app.exception
        assert "do not nest" in app.error[0].value
        assert "the rule of before stays" in app.error[0].value
        assert project(app).recipe == before

    def test_groups_are_edited_in_a_table(self, app: AppTest) -> None:
        choose(app, "education_level")
        editor = app.data_editor[0]
        row = list(editor.value["Value"]).index("other")
        edits = {row: {"degree / other": "degree"}}
        app.session_state[editor.key] = {"edited_rows": edits, "added_rows": [], "deleted_rows": []}
        app.run()
        app.button(key="apply-rule").click().run()
        assert not app.exception
        assert not app.error
        spec = project(app).recipe.attribute("education_level").hierarchy
        assert isinstance(spec, GroupSpec)
        assert "other" in next(g for g in spec.levels[-1].groups if g.label == "degree").members

    def test_a_value_without_a_group_is_named_and_the_rule_stays(self, app: AppTest) -> None:
        before = project(app).recipe
        choose(app, "education_level")
        editor = app.data_editor[0]
        app.session_state[editor.key] = {"edited_rows": {0: {"4 groups": ""}}, "added_rows": [], "deleted_rows": []}
        app.run()
        app.button(key="apply-rule").click().run()
        assert "1 values have no group" in app.error[0].value
        assert "For example: " in app.error[0].value
        assert project(app).recipe == before

    @pytest.mark.parametrize("present", [False, True])
    def test_an_incomplete_file_of_arx_is_refused_with_five_values(self, app: AppTest, present: bool) -> None:  # noqa: FBT001
        before = project(app).recipe
        if present:
            app.toggle(key="presenting").set_value(True).run()
        choose(app, "country_of_birth")
        app.file_uploader(key="arx-country_of_birth").set_value(("h.csv", b"Fiji;Oceania;*\n", "text/csv")).run()
        app.button(key="arx-use").click().run()
        assert not app.exception
        assert "misses" in app.error[0].value
        assert app.error[0].value.count("  \n") == (1 if present else 2)
        if not present:
            named = app.error[0].value.split("For example: ")[1].split("  \n")[0]
            assert len(named.split(", ")) == 5
        assert project(app).recipe == before

    def test_a_repeating_file_of_arx_is_refused(self, app: AppTest) -> None:
        before = project(app).recipe
        choose(app, "gender")
        app.file_uploader(key="arx-gender").set_value(("h.csv", b"F;x;*\nM;x;*\nF;y;*\n", "text/csv")).run()
        app.button(key="arx-use").click().run()
        assert "in more rows than one" in app.error[0].value
        assert project(app).recipe == before

    def test_levels_go_to_arx_and_come_back(self, app: AppTest, tmp_path: object) -> None:
        choose(app, "education_level")
        app.button(key="arx-save").click().run()
        assert not app.exception
        saved = list((tmp_path / "home" / "hierarchies").iterdir())
        assert len(saved) == 1
        assert saved[0].stat().st_mode & 0o777 == 0o600
        content = saved[0].read_bytes()
        app.file_uploader(key="arx-education_level").set_value(("h.csv", content, "text/csv")).run()
        app.button(key="arx-use").click().run()
        assert not app.error
        assert isinstance(project(app).recipe.attribute("education_level").hierarchy, TableSpec)

    def test_another_kind_of_rule(self, app: AppTest) -> None:
        choose(app, "postcode")
        kind = next(box for box in app.selectbox if box.label == "Blurred as")
        kind.set_value(next(option for option in kind.options if option.startswith("Characters"))).run()
        app.button(key="apply-rule").click().run()
        assert not app.exception
        assert project(app).recipe.attribute("postcode").hierarchy.kind == "mask"
