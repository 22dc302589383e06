"""How pseudonyms are made. This file is also part of the private archive; it holds no key.

As a script it shows the method: ``python pseudonymise.py keys.json FIELD phone < values.txt`` prints the pseudonym of
each line. ``keys.json`` is the release's key, unsealed from the private archive. FIELD is the name of the column of
pseudonyms; the kind of identifier is ``phone``, ``national-insurance`` or ``other``.

A pseudonym is the first 120 bits of HMAC-SHA256 over the normalised identifier, written in base32 (24 characters).
Its key is derived with HKDF-SHA256 from the key of the release, which depends on the owner's master key, the release
and its recipient. Without the key nobody can compute a pseudonym, also not by trying all identifiers there are.
"""

from __future__ import annotations

import hmac
import json
import re
import sys
import unicodedata
from base64 import b32encode
from pathlib import Path

import phonenumbers
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PSEUDONYM_BYTES = 15
MANGLED = re.compile(r"[+-]?\d+([.,]\d+)?[eE]\+?\d+")
"""What a spreadsheet makes of a long number; the last digits are lost."""
_LOCAL_UK = re.compile(r"(?:\+?44|0044|0)([1-9]\d{9})")
_PLAIN = re.compile(r"[0-9A-Z]+")
_UNWANTED = re.compile(r"[\W_]+")
_DIALLING = re.compile(r"[\s().\-/]+")


class UnusableValueError(ValueError):
    """A value from which no pseudonym can be made. The message never holds the value."""


def normalise(value: str) -> str:
    """Upper case, without blanks and punctuation: three spellings of one number become one.

    >>> normalise(" zz 19-48.92 t")
    'ZZ194892T'
    """
    upper = value.upper()
    if not upper.isascii():
        upper = unicodedata.normalize("NFKC", value).upper()
    return upper if _PLAIN.fullmatch(upper) else _UNWANTED.sub("", upper)


def normalise_phone(value: str) -> str:
    """A telephone number as it is dialled from anywhere; without a country it is a British one.

    >>> normalise_phone("(07700) 900 876"), normalise_phone("+447700900876")
    ('+447700900876', '+447700900876')
    """
    local = _LOCAL_UK.fullmatch(_DIALLING.sub("", value))
    if local:
        return "+44" + local[1]
    try:
        number = phonenumbers.parse(value, "GB")
    except phonenumbers.NumberParseException as error:
        raise UnusableValueError("no telephone number") from error
    if not phonenumbers.is_possible_number(number):
        raise UnusableValueError("no telephone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalise_national_insurance(value: str) -> str:
    """Two letters, six digits and, where it is known, the last letter.

    >>> normalise_national_insurance("ZZ 19 48 92 T")
    'ZZ194892T'
    """
    plain = normalise(value)
    if not re.fullmatch(r"[A-Z]{2}\d{6}[A-Z]?", plain):
        raise UnusableValueError("no National Insurance number")
    return plain


NORMALISERS = {
    "phone": normalise_phone,
    "national-insurance": normalise_national_insurance,
    "other": normalise,
}


def field_key(release_key: bytes, field: str) -> bytes:
    """Key of the pseudonyms in one column."""
    parts = [part.encode() for part in ("halftone/1", "pseudonym", field)]
    info = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(release_key)


def pseudonym(normalised: str, key: bytes) -> str:
    """24 characters of base32.

    >>> pseudonym("ZZ194892T", bytes(32))
    'Q62ACJUYF6ZFBPDKTWETMJFB'
    """
    return b32encode(hmac.digest(key, normalised.encode(), "sha256")[:PSEUDONYM_BYTES]).decode()


def main(key_file: str, field: str, kind: str = "other") -> None:
    """Print the pseudonym of each line of the standard input."""
    key = field_key(bytes.fromhex(json.loads(Path(key_file).read_text())["release_key"]), field)
    for line in sys.stdin:
        sys.stdout.write(pseudonym(NORMALISERS[kind](line.strip()), key) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
