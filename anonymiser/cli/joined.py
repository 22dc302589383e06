"""What the vault's ledger says of a recipe, for ``assess`` and ``plan``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from anonymiser.cli.printing import print_line
from anonymiser.microdata import Microdata
from anonymiser.recipe import Recipe

__all__ = ["Beside", "compared", "nested"]

_WORDS = {True: "met", False: "fails", None: "not checked"}


@dataclass(frozen=True)
class Beside:
    """A recipe beside the earlier releases.

    Attributes
    ----------
    fields : dict
        For a JSON object; ``k`` is null where nobody is in all of them.
    sentences : tuple of str
        The policy's points about earlier releases.
    met : bool
        Whether none of them fails.
    """

    fields: dict[str, object]
    sentences: tuple[str, ...]
    met: bool


def compared(microdata: Microdata, recipe: Recipe, vault: Path | None, passphrase_file: Path | None) -> Beside | None:
    """Join a recipe with the earlier releases that its recipient may hold; None where no vault is named."""
    from anonymiser.cli.vault import opened_vault
    from anonymiser.joining.joint import find
    from anonymiser.joining.words import joint_points
    from anonymiser.project import Project

    opened = opened_vault(vault, passphrase_file)
    if opened is None:
        return None
    project = Project(microdata, recipe)
    found = find(project, opened.ledger)
    points = joint_points(found, project.policy)
    together = found.joined if found.earlier else None
    fields: dict[str, object] = {
        "earlier": len(found.earlier),
        "not_compared": len(found.unlinked),
        "asked_for": found.limit,
        "k": (together.k or None) if together else None,
        "alone": together.alone if together else 0,
        "below": found.small if together else 0,
        "below_by_difference": found.small_by_difference if together else 0,
        "nested": found.nests,
        "causes": [one.name for one in found.causes if one.under < found.small],
    }
    sentences = tuple(f"{point.name}: {_WORDS[point.met]}. {point.sentence}" for point in points)
    return Beside(fields, sentences, all(point.met is not False for point in points))


def nested(microdata: Microdata, recipe: Recipe, vault: Path | None, passphrase_file: Path | None) -> Recipe | None:
    """The recipe, or the nearest that nests in the earlier releases, told; None where there is none."""
    from anonymiser.cli.vault import opened_vault
    from anonymiser.joining.joint import make_it_nest
    from anonymiser.joining.nest import steps_to
    from anonymiser.project import Project

    beside = compared(microdata, recipe, vault, passphrase_file)
    opened = opened_vault(vault, passphrase_file)
    for sentence in beside.sentences if beside else ():
        print_line(sentence)
    if beside is None or opened is None or beside.met:
        return recipe
    found = make_it_nest(Project(microdata, recipe), opened.ledger)
    if found is None:
        print_line("No coarser setting nests in every earlier release and meets the whole policy.")
        return None
    steps = ", ".join(f"{step.column} from {step.before} to {step.after}" for step in steps_to(recipe, found))
    if steps:
        print_line(f"So that it nests in the earlier releases: {steps}.")
    return found
