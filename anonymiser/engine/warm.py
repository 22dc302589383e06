"""Compile the kernels once, so that the first slider answers at full speed: ``python -m anonymiser.engine.warm``."""

from __future__ import annotations

import sys
import time

from anonymiser.engine import backend

if __name__ == "__main__":
    started = time.perf_counter()
    sys.stdout.write("Preparing the fast counting code (once; about 25 seconds the first time) ... ")
    sys.stdout.flush()
    backend.warm_search()
    sys.stdout.write(f"ready after {time.perf_counter() - started:.1f} s\n")
