"""Fits Python to a process that lives long and works in short turns."""

import gc
import sys


def settle_interpreter() -> None:
    """Fit Python to many short requests that wait for the disk.

    What was loaded stays for good, so the collector need not look at it again; and a thread that comes back from the disk gets its turn
    before the next write is late.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    sys.setswitchinterval(0.0005)
