"""README_FIRST: what a recipient needs before anything is opened."""

from __future__ import annotations

from enum import Enum

from anonymiser.release.facts import ReleaseFacts
from anonymiser.release.fingerprints import in_words
from anonymiser.release.markdown import bullets, plain, web_page

__all__ = ["HowSealed", "readme_first"]


class HowSealed(Enum):
    """Which of the three ways of opening applies."""

    KEY = "key"
    PASSPHRASE = "passphrase"  # noqa: S105  the name of a way, not a secret
    OPEN = "open"


def readme_first(facts: ReleaseFacts, fingerprint: str, how: HowSealed) -> dict[str, str]:
    """The file in both formats, by name.

    Parameters
    ----------
    facts : ReleaseFacts
    fingerprint : str
        Of the owner's public key.
    how : HowSealed
    """
    parts = [
        f"# {plain(facts.title)}: read this first\n",
        (
            f"Release {plain(facts.release_id)} of {facts.created.isoformat()}, from {plain(facts.owner)} for "
            f"{plain(facts.recipient)}; {plain(facts.model)}.\n"
        ),
        _check(facts, fingerprint),
        _open_files(facts) if how is HowSealed.OPEN else _open_sealed(facts, how),
        _afterwards(facts, how),
    ]
    text = "\n".join(parts)
    return {"README_FIRST.md": text, "README_FIRST.html": web_page(f"{facts.title}: read this first", text)}


def _check(facts: ReleaseFacts, fingerprint: str) -> str:
    half = fingerprint.index(" ", len(fingerprint) // 2)
    return f"""## 1. Check that it is ours and complete

Call {plain(facts.owner)} ({plain(facts.contact)}), on a number that you knew before, and let them read out the
fingerprint of the public key: these eight words, all of them, in this order.

**{in_words(fingerprint)}**

The same fingerprint in digits:

    {fingerprint[:half]}
    {fingerprint[half + 1 :]}

These commands, in the folder of this file, print the fingerprint again and check the signature:

    openssl pkey -pubin -in public_key.pem -outform DER | openssl dgst -sha256
    openssl pkeyutl -verify -pubin -inkey public_key.pem -rawin -in manifest.json -sigfile manifest.sig

The second says "Signature Verified Successfully". `manifest.json` has the SHA-256 of every other file here; compare it
with what this prints:

    find . -type f -exec openssl dgst -sha256 {{}} +

Halftone does all of this before it opens a release (`--expect "the eight words"`); `--after` refuses an older release
than the one that you had last.
"""


def _open_sealed(facts: ReleaseFacts, how: HowSealed) -> str:
    opened = f"opened_{facts.release_id}"
    if how is HowSealed.KEY:
        with_what = "It is sealed to your age key. KEYFILE is the file of your private key (AGE-SECRET-KEY-1…)."
        age, halftone = "age -d -i KEYFILE", "--identity KEYFILE"
    else:
        with_what = (
            "It is sealed under a passphrase, which reaches you by another way than this folder. The program asks for "
            "it; for Halftone put it into a file, PASSFILE."
        )
        age, halftone = "age -d -i identity.age", "--passphrase-file PASSFILE"
    page = _in_a_browser(how) if facts.decrypt_page else ""
    return f"""## 2. Open it

{with_what} Open it where nobody else can read, and not in a folder that is copied to a cloud.

With the standard program *age* (version 1 or later, age-encryption.org), in the folder of this file:

    umask 077
    mkdir ../{opened}
    {age} -o ../{opened}/payload.tar payload.tar.age &&
    tar -xf ../{opened}/payload.tar -C ../{opened}
    rm ../{opened}/payload.tar

Or with Halftone, which also checks signature and hashes:

    python -m anonymiser open . {halftone} --out ../{opened}

{page}If *age* reports an error, delete what was written and ask for the release again. Inside, `hashes.json` lists
every file with its SHA-256; start with `DATA_DICTIONARY.html`.
"""


def _in_a_browser(how: HowSealed) -> str:
    second = (
        "`identity.age`, and type the passphrase" if how is HowSealed.PASSPHRASE else "the file of your private key"
    )
    return f"""Or in a browser, with nothing to install: open `decrypt.html` and choose `payload.tar.age` and
{second}. The page needs no network and sends nothing. Check the release first, as in step 1: a page that somebody
changed on its way could copy what you give it.

"""


def _open_files(facts: ReleaseFacts) -> str:
    return f"""## 2. Use it

It is not sealed: the data stands in the folder `data`, and `DATA_DICTIONARY.html` explains it. To check everything and
copy the data elsewhere with Halftone:

    python -m anonymiser open . --out ../opened_{facts.release_id}
"""


def _end(facts: ReleaseFacts) -> str:
    day = facts.destroy_by
    return "When the agreement ends" + ("" if day is None else f", and by {day.day} {day:%B %Y} at the latest")


def _afterwards(facts: ReleaseFacts, how: HowSealed) -> str:
    cite = (
        f"{facts.owner} ({facts.created.year}). {facts.title}. Release {facts.release_id}, {facts.created.isoformat()}."
    )
    parts = [f"## 3. Cite it\n\n{plain(cite)}\n"]
    if how is HowSealed.OPEN:
        parts.append("## 4. Terms\n\nThe licence is in `LICENCE`, what was done to the data in `TRANSFORMATIONS.md`.\n")
    else:
        parts.append(
            "## 4. Terms, and the end\n\n"
            "The terms are in `TERMS.md` inside. The seal protects the data until it is opened; after that, the "
            f"agreement does. {_end(facts)}, delete this folder, everything opened from it, and every copy "
            "and backup of either, and confirm it in writing. Deleting a file does not always remove it from a disk or "
            "a backup: keep opened data on an encrypted disk from the start.\n"
        )
    call = [
        "If you believe that you recognise a person: stop, tell nobody else, and call.",
        "If the data was lost, or seen by someone who should not: call at once.",
        "If a check above fails: do not open it, and call.",
    ]
    parts.append(f"## 5. Whom to call\n\n{plain(facts.owner)}: {plain(facts.contact)}\n\n{bullets(call)}")
    return "\n".join(parts)
