"""A fingerprint as words, to be read out over the telephone."""

from __future__ import annotations

import re
from typing import Final

from anonymiser.errors import InputError
from anonymiser.release.passphrases import word_list

__all__ = ["WORDS", "in_words", "is_same"]

WORDS: Final = 8
"""Eight of 7,776 words are 103 bits: nobody can make a key that reads the same."""
_DIGITS: Final = 64
_SEPARATORS: Final = re.compile(r"[\s:,;.\-–_]+")


def in_words(fingerprint: str) -> str:
    """Eight words of the long list of the Electronic Frontier Foundation, with blanks between.

    Parameters
    ----------
    fingerprint : str
        64 hexadecimal digits; blanks do not matter.

    Notes
    -----
    The digits are read as one number, largest first; the words are its last eight digits to the base 7,776, last
    first. A passphrase is joined by hyphens: nobody takes one for the other.

    Examples
    --------
    >>> in_words("00" * 31 + "01")
    'abdomen abacus abacus abacus abacus abacus abacus abacus'
    """
    number, words = int(_bare(fingerprint), 16), word_list()
    chosen = []
    for _ in range(WORDS):
        number, place = divmod(number, len(words))
        chosen.append(words[place])
    return " ".join(chosen)


def is_same(told: str, fingerprint: str) -> bool:
    """Whether what somebody was told, as words or as digits, is this fingerprint.

    Capitals, blanks, colons, commas and hyphens do not matter.

    Parameters
    ----------
    told, fingerprint : str

    Raises
    ------
    InputError
        It is neither all of the words nor all of the digits: a part proves nothing.
    """
    bare = _bare(told)
    if len(bare) == _DIGITS and re.fullmatch("[0-9a-f]+", bare):
        return bare == _bare(fingerprint)
    if len([part for part in _SEPARATORS.split(told) if part]) < WORDS:
        raise InputError(
            f"That is no whole fingerprint: it has {WORDS} words, or {_DIGITS} digits from 0 to f. Ask the owner for "
            "all of it; a part proves nothing."
        )
    return bare == _bare(in_words(fingerprint))


def _bare(text: str) -> str:
    return _SEPARATORS.sub("", text).lower()
