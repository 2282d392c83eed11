"""`python -m benchmarks`: every ratio in one table."""

import statistics
import sys
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from benchmarks import engine

Measured = tuple[str, str, float, float, str]


def engine_ratios() -> list[Measured]:
    """PERF-1 and PERF-2."""
    raw, single, batched = map(statistics.median, engine.one_by_one_and_batches())
    rates = f"{raw:,.0f} plain, {single:,.0f} single, {batched:,.0f} in batches of {engine.BATCH} a second"
    return [
        ("PERF-1", "engine, one event per transaction / plain sqlite3", single / raw, 0.30, rates),
        ("PERF-2", f"engine, batches of {engine.BATCH} / plain sqlite3 one by one", batched / raw, 2.5, rates),
    ]


ALL: dict[str, Callable[[], list[Measured]]] = {"engine": engine_ratios}


def main() -> None:
    """Run what is named, or everything."""
    table = Table("id", "what", "ratio", "wanted", "rates", title="Ratios, each measured in one run")
    for name in sys.argv[1:] or ALL:
        for identity, what, ratio, wanted, rates in ALL[name]():
            table.add_row(identity, what, f"{ratio:.2f}", f">= {wanted:.2f}", rates)
    Console(width=160).print(table)


main()
