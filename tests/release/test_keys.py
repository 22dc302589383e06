import subprocess
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from anonymiser.errors import InputError
from anonymiser.release.facts import ReleaseFacts
from anonymiser.release.keys import OwnerKeys, derive


@pytest.fixture
def keys() -> OwnerKeys:
    return OwnerKeys(bytes(range(32)), Ed25519PrivateKey.from_private_bytes(bytes(32)))


def test_every_part_of_the_purpose_changes_the_key(keys: OwnerKeys) -> None:
    made = [
        keys.for_release("r1", "a").secret,
        keys.for_release("r2", "a").secret,
        keys.for_release("r1", "b").secret,
        keys.for_release("r1a", "").secret,
        keys.for_release("r1", "a").step("order"),
        keys.for_release("r1", "a").step("sample"),
        keys.for_release("r1", "a").pseudonym("order"),
    ]
    assert len(set(made)) == len(made)
    assert all(len(key) == 32 for key in made)


def test_parts_cannot_be_shifted_into_one_another() -> None:
    assert derive(bytes(32), "ab", "c") != derive(bytes(32), "a", "bc")


def test_fresh_keys_differ_and_do_not_show(keys: OwnerKeys) -> None:
    assert OwnerKeys.fresh().master != OwnerKeys.fresh().master
    assert keys.master.hex() not in repr(keys)
    assert "signing" not in repr(keys)


def test_openssl_computes_the_same_fingerprint(keys: OwnerKeys) -> None:
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-outform", "DER"], input=keys.public_pem, capture_output=True, check=True
    ).stdout
    digest = subprocess.run(["openssl", "dgst", "-sha256"], input=der, capture_output=True, check=True).stdout
    assert keys.fingerprint.replace(" ", "") == digest.decode().split()[-1]


def test_facts_refuse_what_would_not_be_a_folder_name(facts: Callable[..., ReleaseFacts]) -> None:
    for bad in ("", "../x", "a b", ".hidden", "-x", "a" * 65, "é"):
        with pytest.raises(InputError, match="release id"):
            facts(release_id=bad)
    for bad in (0, 1.5, -1):
        with pytest.raises(InputError, match="sample"):
            facts(sample_fraction=bad)
