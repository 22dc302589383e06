"""What buttons and lists do to the project, as callbacks: the widgets follow, and an error becomes its sentence."""

from __future__ import annotations

from anonymiser.policy import Policy
from pages.common import state

__all__ = [
    "add_recipient",
    "apply_recipe",
    "apply_scenario",
    "choose_recipient",
    "load_recipe",
    "redo",
    "reset",
    "to_policy_levels",
    "undo",
]


def undo() -> None:
    """One step back."""
    state.attempt(lambda: state.project().undo())


def redo() -> None:
    """One step forward again."""
    state.attempt(lambda: state.project().redo())


def reset() -> None:
    """Back to the recipe with which the table was opened."""
    state.attempt(lambda: state.project().reset())


def choose_recipient() -> None:
    """Put the recipe under the policy chosen in the sidebar."""
    state.attempt(lambda: state.project().choose_policy(state.given(state.RECIPIENT)))


def to_policy_levels() -> None:
    """Move every slider to the level that the recipient's policy names."""
    state.attempt(lambda: state.project().choose_policy(state.project().policy.name, levels=True))


def apply_scenario(name: str) -> None:
    """Make a kept scenario the current setting."""
    kept = next((s for s in state.project().scenarios if s.name == name), None)
    if kept is not None:
        state.attempt(lambda: state.project().change(kept.recipe))


def apply_recipe(text: bytes) -> None:
    """Take over a saved recipe or project."""
    state.attempt(lambda: state.project().load_json(text))


def load_recipe(key: str) -> None:
    """Take over the recipe that was put into an upload widget."""
    saved = state.uploaded(key)
    if saved is not None:
        apply_recipe(saved)


def add_recipient() -> None:
    """Add the recipient that the dialog describes, and choose it."""

    def add() -> None:
        wanted = int(state.given("own-l"))
        policy = Policy.custom(
            state.given("own-name").strip(),
            open_release=state.given("own-open"),
            k=int(state.given("own-k")),
            suppression=float(state.given("own-limit")),
            distinct_l=wanted if wanted > 1 else None,
            ordered_t=float(state.given("own-t")) if state.given("own-t") < 1 else None,
            alpha=float(state.given("own-alpha")) if state.given("own-alpha") < 1 else None,
            source=state.given("own-source"),
        )
        state.project().policies[policy.name] = policy
        state.project().choose_policy(policy.name)

    state.attempt(add)
