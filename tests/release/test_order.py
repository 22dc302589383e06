import struct
import subprocess

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anonymiser.release.order import row_order


@given(st.integers(0, 300), st.binary(min_size=32, max_size=32))
def test_every_row_has_one_place(n: int, key: bytes) -> None:
    assert sorted(row_order(n, key).tolist()) == list(range(n))


def test_the_order_is_that_of_the_key_as_openssl_computes_it() -> None:
    key = bytes(range(32))
    stream = subprocess.run(
        ["openssl", "enc", "-aes-256-ctr", "-K", key.hex(), "-iv", "00" * 16],
        input=bytes(8 * 500),
        capture_output=True,
        check=True,
    ).stdout
    draws = struct.unpack("<500Q", stream)
    assert row_order(500, key).tolist() == sorted(range(500), key=draws.__getitem__)
    assert row_order(500, key).tolist() != row_order(500, bytes(32)).tolist()


def test_order_carries_nothing_of_the_input() -> None:
    order = row_order(20_000, bytes(32))
    assert abs(np.corrcoef(order, np.arange(20_000))[0, 1]) < 0.03
    assert np.count_nonzero(order == np.arange(20_000)) < 10
