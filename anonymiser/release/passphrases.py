"""Passphrases: made from words, and checked before use."""

from __future__ import annotations

import secrets
from functools import cache
from importlib.resources import files

from anonymiser.errors import SealError

__all__ = ["checked_passphrase", "new_passphrase", "word_list"]

_WORDS = 6
"""Six of 7,776 words are 77.5 bits."""


def new_passphrase() -> str:
    """Six words from the long list of the Electronic Frontier Foundation, joined by hyphens.

    Notes
    -----
    Four words of the list have a hyphen themselves; none of them can be read as two others.

    References
    ----------
    J. Bonneau: EFF's New Wordlists for Random Passphrases. Electronic Frontier Foundation, 2016.
    """
    return "-".join(secrets.choice(word_list()) for _ in range(_WORDS))


def checked_passphrase(text: str) -> str:
    """The passphrase without blanks around it.

    Raises
    ------
    SealError
        It is empty, or has a line break or another character that cannot be typed at a prompt.
    """
    passphrase = text.strip()
    if not passphrase:
        raise SealError("The passphrase is empty. Give one, or let Halftone make one of six words.")
    if not passphrase.isprintable():
        raise SealError(
            "The passphrase has a line break or another character that cannot be typed. Give one line of text."
        )
    return passphrase


@cache
def word_list() -> tuple[str, ...]:
    """The long list of the Electronic Frontier Foundation."""
    return tuple((files("anonymiser.release") / "data" / "eff_large_wordlist.txt").read_text("utf-8").split())
