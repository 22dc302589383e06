"""The answers about a recipient: what is still open, what follows, what leaves and what stays."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyrage
import pytest

from anonymiser.attributes import Role
from anonymiser.errors import InputError, RecipeError
from anonymiser.policy import GOVERNMENT, POLICIES, RESEARCHERS, Model, Policy
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.recipients import (
    QUESTIONS,
    Answers,
    Article9,
    LawfulBasis,
    Safe,
    conclusions,
    policy_for,
    questions_for,
    roles_of,
    terms_of,
    unanswered,
)
from anonymiser.release.facts import ReleaseFacts
from anonymiser.release.opening import OpeningKey, open_release
from anonymiser.release.package import make_release
from anonymiser.release.seal import SealToKey
from anonymiser.releasing import draft
from anonymiser.releasing.words import decisions
from anonymiser.transform.released import ReleasedTable
from tests.command_line import Command

SAMPLE = Path(__file__).parents[2] / "sample_data" / "customers.csv"
FULL = Answers(
    owner="The insurer",
    contact="data@insurer.example",
    senior_owner="Ada Example, director",
    purpose="A study of lifestyle.",
    lawful_basis=LawfulBasis.LEGITIMATE,
    article_9=Article9.RESEARCH,
    dpia="DPIA-17",
    objections="Left out before the table is opened",
    recipient="Imperial College",
    people="Five accredited researchers",
    intent="A story about somebody known",
    anyone=False,
    kept_where="the encrypted drive of the department",
    agreement="DSA-2026-4",
    linked_with="The electoral register",
    known_columns=("height",),
    follow_up=False,
    publishes="Tables, read by their data manager",
    incident="call us within a day",
    recall="we write; you delete within a week",
    review_on=date(2027, 6, 1),
    destroy_by=date(2028, 12, 31),
    certificate=True,
    key_destruction="With the archive, in 2029",
)
STAYS = ("Ada Example", "DPIA-17", "Left out before", "Five accredited", "A story about", "electoral", "in 2029")


@pytest.fixture(scope="module")
def project() -> Project:
    return Project(read(SAMPLE))


def test_every_answer_has_one_question_and_every_safe_some() -> None:
    assert sorted(question.name for question in QUESTIONS) == sorted(Answers.model_fields)
    assert {question.safe for question in QUESTIONS} == set(Safe)


@pytest.mark.parametrize("model", Model)
def test_what_is_open_is_told(model: Model) -> None:
    assert unanswered(Answers(), model) == questions_for(model)
    assert unanswered(FULL, model) == ()
    for question in questions_for(model):
        empty = FULL.changed(**{question.name: Answers.model_fields[question.name].default})
        expected = () if question.name == "known_columns" else (question,)  # none can be looked up: an answer
        assert unanswered(empty, model) == expected


def test_open_releases_are_asked_less() -> None:
    missing = {q.name for q in questions_for(Model.RESTRICTED)} - {q.name for q in questions_for(Model.OPEN)}
    assert missing == {
        "people",
        "kept_where",
        "agreement",
        "follow_up",
        "publishes",
        "recall",
        "destroy_by",
        "certificate",
    }


def test_answers_come_back_and_damaged_ones_do_not() -> None:
    assert Answers.from_json(FULL.model_dump_json()) == FULL
    for text in (
        "",
        "[]",
        '{"owner": 3}',
        '{"ownr": "x"}',
        '{"destroy_by": "soon"}',
        '{"purpose": "' + "x" * 1001 + '"}',
    ):
        with pytest.raises(InputError, match="answers about the recipient") as caught:
            Answers.from_json(text)
        assert "xxx" not in str(caught.value)


def test_the_policy_follows_from_who_may_get_it() -> None:
    assert policy_for(FULL, POLICIES, RESEARCHERS) is RESEARCHERS
    assert policy_for(FULL.changed(anyone=True), POLICIES, RESEARCHERS) is GOVERNMENT
    assert policy_for(FULL, POLICIES, GOVERNMENT) is RESEARCHERS
    assert policy_for(Answers(), POLICIES, GOVERNMENT) is GOVERNMENT
    stricter = Policy.custom("Ours", open_release=True, k=20, suppression=0.0, distinct_l=None)
    assert policy_for(FULL.changed(anyone=True), {**POLICIES, "Ours": stricter}, RESEARCHERS) is stricter


def test_what_can_be_looked_up_counts_as_known(project: Project) -> None:
    known = FULL.changed(known_columns=("height", "cc_status", "gender", "surname", "no such column"))
    roles = roles_of(known, project.recipe)
    assert roles == {"height": Role.QUASI, "cc_status": Role.OBSERVABLE_SENSITIVE}


@pytest.mark.parametrize("policy", [RESEARCHERS, GOVERNMENT])
def test_each_conclusion_has_its_reason(project: Project, policy: Policy) -> None:
    found = {conclusion.what: conclusion for conclusion in conclusions(FULL, policy, project.recipe)}
    assert all(conclusion.because.endswith(".") for conclusion in found.values())
    assert found["Smallest group"].value == f"{int(policy.k.value)} people"
    assert policy.k.source in found["Smallest group"].because
    assert found["Release"].value == policy.model.value
    assert ("Pseudonyms" in found) == (policy is RESEARCHERS)


def test_terms_say_only_what_may_leave() -> None:
    terms = " ".join(terms_of(FULL))
    for leaves in ("DSA-2026-4", "encrypted drive", "data manager", "within a day", "within a week"):
        assert leaves in terms
    assert "by 31 December 2028, and send us a signed certificate" in terms
    assert not any(stays in terms for stays in STAYS)
    assert terms_of(Answers()) == ()


def test_the_project_keeps_them_and_the_release_begins_with_them(project: Project) -> None:
    project.answers = {RESEARCHERS.name: FULL}
    other = Project(project.microdata)
    other.load_json(project.to_json())
    assert other.answers == {RESEARCHERS.name: FULL}
    begun = draft(other, date(2026, 11, 22), RESEARCHERS)
    assert (begun.owner, begun.contact, begun.recipient) == (FULL.owner, FULL.contact, FULL.recipient)
    assert begun.purpose == FULL.purpose
    assert set(terms_of(FULL)) <= set(begun.terms)
    assert draft(other, date(2026, 11, 22), GOVERNMENT).owner == ""
    kept = json.loads(decisions(other, RESEARCHERS, (), SealToKey("x"), None))["recipient"]
    assert Answers.model_validate(kept) == FULL
    document = json.loads(project.to_json())
    document["answers"] = {"x": {"owner": 3}}
    with pytest.raises(RecipeError, match="answers about recipients"):
        other.load_json(json.dumps(document))


def test_the_law_and_the_end_stand_in_the_release_and_the_rest_does_not(
    table: ReleasedTable, facts: Callable[..., ReleaseFacts], tmp_path: Path
) -> None:
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "key").write_text(f"{identity}\n")
    given = replace(facts(), terms=terms_of(FULL), destroy_by=FULL.destroy_by, decisions_json=FULL.model_dump_json())
    made = make_release(table, given, SealToKey(str(identity.to_public())), tmp_path / "out", raw=())
    assert "by 31 December 2028 at the latest, delete" in (made.release / "README_FIRST.md").read_text()
    open_release(made.release, tmp_path / "opened", OpeningKey(tmp_path / "key"))
    terms = " ".join((tmp_path / "opened" / "TERMS.md").read_text().split())
    assert (
        '"It is an offence for a person knowingly or recklessly to re-identify information that is de-identified '
        'personal data without the consent of the controller responsible for de-identifying the personal data."'
    ) in terms  # Data Protection Act 2018, section 171(1), as enacted
    assert "Section 172" in terms
    assert "within 72 hours" in terms
    assert "hide counts of people up to 7" in terms
    everything = b"".join(
        path.read_bytes() for folder in (made.release, tmp_path / "opened") for path in folder.rglob("*.*")
    )
    for stays in STAYS:
        assert stays.encode() not in everything


def test_the_command_line_takes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = Command(capsys)
    path = tmp_path / "recipient.json"
    path.write_text(FULL.changed(dpia="").model_dump_json())
    said = run("plan", SAMPLE, "--recipient", "researchers", "--answers", path, "--out", tmp_path / "r.json")
    assert said.code == 0
    assert "Counts as known" in said.out
    assert "23 of 24 questions answered." in said.out
    assert "Still open: Your impact assessment" in said.out
    recipe = json.loads((tmp_path / "r.json").read_text())
    assert {a["name"]: a["role"] for a in recipe["attributes"]}["height"] == Role.QUASI.value
    refused = run("plan", SAMPLE, "--recipient", "government", "--answers", path, "--out", tmp_path / "s.json")
    assert refused.code == 2
    assert "not just anyone may get it" in refused.err
    path.write_text("{")
    wrong = run("plan", SAMPLE, "--recipient", "researchers", "--answers", path, "--out", tmp_path / "s.json")
    assert (wrong.code, "cannot be read" in wrong.err) == (2, True)


def test_a_release_made_by_command_has_them_in_its_terms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = Command(capsys)
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "key").write_text(f"{identity}\n")
    path = tmp_path / "recipient.json"
    path.write_text(FULL.changed(known_columns=()).model_dump_json())
    recipe = tmp_path / "r.json"
    assert run("plan", SAMPLE, "--recipient", "researchers", "--answers", path, "--out", recipe).code == 0
    given = ("--recipe", recipe, "--recipient", "researchers", "--answers", path, "--no-decrypt-page")
    key = str(identity.to_public())
    said = run("release", SAMPLE, *given, "--to", key, "--owner-to", key, "--out", tmp_path / "out")
    assert said.code == 0, said.err
    (made,) = (tmp_path / "out").glob("release_*")
    assert not (made / "decrypt.html").exists()
    readme = (made / "README_FIRST.md").read_text()
    assert "decrypt.html" not in readme
    assert FULL.owner in readme
    words = said.out.split("The fingerprint in words: ")[1].split(".")[0]
    opened = run("open", made, "--identity", tmp_path / "key", "--expect", words, "--out", tmp_path / "opened")
    assert opened.code == 0, opened.err
    assert "by 31 December 2028" in (tmp_path / "opened" / "TERMS.md").read_text()
    wrong = " ".join(reversed(words.split()))
    refused = run("open", made, "--identity", tmp_path / "key", "--expect", wrong, "--out", tmp_path / "again")
    assert (refused.code, "another key" in refused.err) == (2, True)
    older = run("open", made, "--identity", tmp_path / "key", "--after", "2999-01-01", "--out", tmp_path / "again")
    assert (older.code, "an older one" in older.err) == (2, True)
