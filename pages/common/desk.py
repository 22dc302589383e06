"""What lies on the desk beside a project: a table about to be opened, the owner's keys, the release just made.

It hangs on the project and goes with it: another table begins with an empty desk, and nothing of it is ever saved.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from anonymiser.microdata import Microdata
from anonymiser.project import Project
from anonymiser.quality import Finding
from anonymiser.recipe import Recipe
from anonymiser.release.keys import OwnerKeys
from anonymiser.releasing import Particulars, ReleaseResult
from pages.common import state

__all__ = ["Desk", "desk", "signing_key"]


@dataclass(eq=False)
class Desk:
    """What one session holds beside its project.

    Attributes
    ----------
    opening : bool
        Whether the dialog that opens another table is shown.
    candidates : dict
        Tables that were read and not yet opened, by what they were read from and how.
    findings : (Microdata, tuple of Finding) or None
        What is to be known of a table's quality, once it was looked for.
    keys : OwnerKeys or None
        From the owner's vault, once it was opened.
    vault_passphrase : str
        The one that opened it; the private archives of this session are sealed under it too.
    draft : tuple of (str, Particulars) or None
        Particulars of the next release, and the recipient they are for.
    answering : (str, str)
        The owner and how to reach her, as last typed.
    result : ReleaseResult or None
        The release made last.
    released : Recipe or None
        The recipe that it was made of.
    """

    opening: bool = False
    candidates: dict[tuple[Hashable, Hashable], Microdata] = field(default_factory=dict)
    findings: tuple[Microdata, tuple[Finding, ...]] | None = None
    keys: OwnerKeys | None = field(default=None, repr=False)
    vault_passphrase: str = field(default="", repr=False)
    draft: tuple[str, Particulars] | None = None
    answering: tuple[str, str] = ("", "")
    result: ReleaseResult | None = None
    released: Recipe | None = None


_DESKS: WeakKeyDictionary[Project, Desk] = WeakKeyDictionary()


def desk() -> Desk:
    """The desk of this session's project."""
    return _DESKS.setdefault(state.project(), Desk())


def signing_key() -> Ed25519PrivateKey | None:
    """The owner's, while her vault is open in this session."""
    project = state.opened()
    found = None if project is None else _DESKS.get(project)
    return found.keys.signing if found is not None and found.keys is not None else None
