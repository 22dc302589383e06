"""What is kept of a project between two visits, as JSON: never a row or a path of the table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from anonymiser.errors import RecipeError
from anonymiser.policy import POLICIES, Policy
from anonymiser.recipe import Recipe
from anonymiser.recipients import Answers
from anonymiser.risk.attempt import Attempt

__all__ = ["Saved", "Scenario", "as_json", "from_json"]

_LEAST_K: Final = 2


@dataclass(frozen=True)
class Scenario:
    """A recipe kept under a name."""

    name: str
    recipe: Recipe
    note: str = ""


@dataclass(frozen=True)
class Saved:
    """The work of a project.

    Attributes
    ----------
    recipe : Recipe
    scenarios : list of Scenario
    policies : dict of str to Policy
        The owner's own.
    attempts : list of Attempt
    answers : dict of str to Answers
    """

    recipe: Recipe
    scenarios: list[Scenario]
    policies: dict[str, Policy]
    attempts: list[Attempt]
    answers: dict[str, Answers]


def as_json(work: Saved, name: str, fingerprint: str) -> str:
    """The work on the table with this name and fingerprint."""
    scenarios = [{"name": s.name, "note": s.note, "recipe": json.loads(s.recipe.to_json())} for s in work.scenarios]
    document = {
        "version": 1,
        "table": {"name": name, "fingerprint": fingerprint},
        "recipe": json.loads(work.recipe.to_json()),
        "scenarios": scenarios,
        "policies": [policy.model_dump(mode="json") for policy in work.policies.values()],
        "attempts": [attempt.model_dump(mode="json") for attempt in work.attempts],
        "answers": {name: answers.model_dump(mode="json") for name, answers in work.answers.items()},
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def from_json(text: str | bytes) -> Saved:
    """Read a recipe, or a project written by :func:`as_json`.

    Raises
    ------
    RecipeError
        It is neither, or damaged.
    """
    document = _document(text)
    recipe = Recipe.from_json(json.dumps(document.get("recipe", document)))
    scenarios, own = _scenarios(document)
    return Saved(recipe, scenarios, own, _attempts(document), _answers(document))


def _document(text: str | bytes) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise RecipeError("This file is not JSON. Choose a recipe that Halftone saved.") from None
    if not isinstance(document, dict):
        raise RecipeError("This file is not a recipe. Choose one that Halftone saved.")
    return document


def _scenarios(document: dict[str, Any]) -> tuple[list[Scenario], dict[str, Policy]]:
    """Scenarios and own policies of a saved project; a built-in policy cannot be replaced by a file."""
    try:
        scenarios = [
            Scenario(str(s.get("name", "")), Recipe.from_json(json.dumps(s.get("recipe"))), str(s.get("note", "")))
            for s in document.get("scenarios", [])
        ]
        own = [Policy.model_validate(policy) for policy in document.get("policies", [])]
    except (AttributeError, TypeError, ValueError):
        raise RecipeError("The saved project is damaged: its scenarios or recipients cannot be read.") from None
    for policy in own:
        if policy.name in POLICIES:
            raise RecipeError(f"The saved project has a recipient called '{policy.name}', as a built-in one is called.")
        if not (policy.k.value >= _LEAST_K and 0 <= policy.suppression.value <= 1):
            raise RecipeError(f"The saved recipient '{policy.name}' has a smallest group or a share that cannot be.")
    return scenarios, {policy.name: policy for policy in own}


def _attempts(document: dict[str, Any]) -> list[Attempt]:
    """Attempts of a saved project."""
    try:
        return [Attempt.model_validate(attempt) for attempt in document.get("attempts", [])]
    except (TypeError, ValueError):
        raise RecipeError("The saved project is damaged: its attempts to find people cannot be read.") from None


def _answers(document: dict[str, Any]) -> dict[str, Answers]:
    """Answers about the recipients of a saved project."""
    try:
        return {str(name): Answers.model_validate(given) for name, given in document.get("answers", {}).items()}
    except (AttributeError, TypeError, ValueError):
        raise RecipeError("The saved project is damaged: its answers about recipients cannot be read.") from None
