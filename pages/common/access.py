"""Who is at the screen, and what they may do: the one place where pages and their parts ask.

Without a sign-in configured, whoever is at this machine may do everything, and their name is nobody's proof. With one
(``[auth]`` in ``secrets.toml``), an identity provider says who it is, ``access.toml`` which role they have, and a
register on the server which sign-ins still hold.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

import streamlit as st

from anonymiser import autosave
from anonymiser.access import AccessRules, Admission, Right, Role, Sessions, load_rules, rights_of
from anonymiser.audit import Actor, Event, Trail, local_actor
from anonymiser.errors import AccessError, AnonymiserError, InputError

__all__ = [
    "PAGES",
    "Person",
    "actor",
    "end_session",
    "is_on",
    "lapsed",
    "later",
    "may",
    "may_open",
    "needs",
    "person",
    "require",
]

P = ParamSpec("P")
R = TypeVar("R")

PAGES: Final[Mapping[str, Right]] = {
    "overview": Right.SEE,
    "data": Right.ROWS,
    "tune": Right.SEE,
    "trade_off": Right.SEE,
    "methods": Right.TUNE,
    "attack": Right.ROWS,
    "compare": Right.SEE,
    "recipient": Right.TUNE,
    "release": Right.TUNE,
    "present": Right.SEE,
    "audit": Right.SEE,
}
"""What one must be allowed in order to open a page; a page that is not here opens to nobody but releasers."""
_HERE_ONLY: Final = ("127.0.0.1", "localhost", "::1")
_ENDED: Final[Mapping[Admission, str]] = {
    Admission.ENDED: "This sign-in has ended: somebody signed out, or nothing was done for a while. Sign in again.",
    Admission.IDLE: "You were signed out, because nothing was done for a while. Sign in again to go on.",
    Admission.OLD: "You were signed in long enough. Sign in again to go on.",
    Admission.UNUSABLE: "Your sign-in does not say when it began, so it cannot be used. Tell whoever runs Halftone.",
}


@dataclass(frozen=True)
class Person:
    """Who is at the screen.

    Attributes
    ----------
    name : str
        The address that the identity provider vouches for; otherwise the account's name on this machine.
    role : Role or None
        None: may do nothing.
    authenticated : bool
    admission : Admission
    """

    name: str
    role: Role | None
    authenticated: bool = False
    admission: Admission = Admission.OPEN

    @property
    def why_not(self) -> str:
        """Why nothing is shown, in words."""
        if not self.admission.is_open:
            return _ENDED[self.admission]
        if not self.authenticated:
            return "Sign in to see anything."
        return "You have no role here. Ask whoever runs Halftone for one."


def is_on() -> bool:
    """Whether people have to sign in."""
    return "is_logged_in" in st.user


def person() -> Person:
    """Who is at the screen; asking counts as use of the session.

    Raises
    ------
    InputError
        The settings contradict each other: then nobody may do anything.
    """
    return _person(touch=True)


def lapsed() -> bool:
    """Whether the sign-in has ended meanwhile; asking does not count as use."""
    return is_on() and bool(st.user.is_logged_in) and not _person(touch=False).admission.is_open


def _person(*, touch: bool) -> Person:
    rules = _rules()
    if not is_on():
        if rules is not None:
            raise InputError("There are roles (access.toml), but no sign-in is configured. See docs/deployment.md.")
        address = st.get_option("server.address")
        if address not in _HERE_ONLY:
            raise InputError(
                "Halftone can be reached from elsewhere, and nobody has to sign in. Bind it to 127.0.0.1, or configure "
                "a sign-in: see docs/deployment.md."
            )
        return _here()
    if not st.user.is_logged_in:
        return Person("somebody", None)
    return _admitted(st.user.to_dict(), rules or AccessRules(), touch=touch)


def _admitted(claims: Mapping[str, Any], rules: AccessRules, *, touch: bool) -> Person:
    admission = _sessions(autosave.home()).admit(claims, rules, time.time(), touch=touch)
    name = rules.email_of(claims) or f"subject {claims.get('sub', '?')}"
    role = rules.role_of(claims) if admission.is_open else None
    _note(name, role, admission)
    return Person(name, role, authenticated=True, admission=admission)


@cache
def _here() -> Person:
    return Person(local_actor().name, Role.RELEASER)


def _note(name: str, role: Role | None, admission: Admission) -> None:
    """Note that somebody came, or was gone too long; whoever has no role is refused."""
    if admission not in (Admission.NEW, Admission.IDLE):
        return
    with suppress(AnonymiserError):  # the record's own troubles are told where something is done
        trail = Trail(Actor(name, authenticated=True))
        if admission is Admission.IDLE:
            trail.append(Event.TIMED_OUT)
        elif role is None:
            trail.append(Event.REFUSED, {"what": "signed in, but has no role"})
        else:
            trail.append(Event.LOGIN, {"role": role.value})


def actor() -> Actor:
    """The same person, as the record of who did what names them."""
    found = _person(touch=False)
    return Actor(found.name, authenticated=found.authenticated)


def may(right: Right) -> bool:
    """Whether the person may do something; also where asking is refused altogether."""
    try:
        return right in rights_of(person().role)
    except AnonymiserError:
        return False


def may_open(page: str) -> bool:
    """Whether the person may open a page."""
    return may(PAGES.get(page, Right.EXPORT))


def require(right: Right) -> None:
    """Stop what the person may not do.

    Raises
    ------
    AccessError
    """
    _check(person(), right)


def later(right: Right) -> Callable[[], None]:
    """The same check for what happens after the page was drawn, such as a download, where nobody is at the screen.

    Returns
    -------
    callable
        Asks anew whether this person's sign-in still holds and what it allows.
    """
    require(right)
    if not is_on():
        return lambda: None
    claims = st.user.to_dict()
    return lambda: _check(_admitted(claims, _rules() or AccessRules(), touch=True), right)


def _check(found: Person, right: Right) -> None:
    if right in rights_of(found.role):
        return
    if found.role is None:
        raise AccessError(found.why_not)
    raise AccessError(f"Your role, {found.role.value}, does not let you {right.value}.")


def needs(right: Right) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Guard a function that reads rows or hands something out."""

    def guard(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            require(right)
            return function(*args, **kwargs)

        return guarded

    return guard


def end_session() -> None:
    """End the sign-in on the server: no copy of its cookie opens anything from now on."""
    if is_on() and st.user.is_logged_in:
        _sessions(autosave.home()).end(st.user.to_dict(), _rules() or AccessRules(), time.time())


@cache
def _sessions(home: Path) -> Sessions:
    return Sessions(home / "access")


def _rules() -> AccessRules | None:
    home = autosave.home()
    try:
        stamp: Any = (home / "access.toml").stat().st_mtime_ns
    except FileNotFoundError:
        stamp = None
    except OSError:
        stamp = -1
    return _read_rules(home, stamp)


@lru_cache(maxsize=4)
def _read_rules(home: Path, _stamp: Any) -> AccessRules | None:
    return load_rules(home)
