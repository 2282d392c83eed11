"""`python -m benchmarks`: every ratio in one table."""

import statistics
import sys
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from benchmarks import board, engine, growth, http, pages, reading, resolving
from benchmarks.boards import PEOPLE

Measured = tuple[str, str, float, float, str]


def engine_ratios() -> list[Measured]:
    """PERF-1 and PERF-2."""
    raw, single, batched = map(statistics.median, engine.one_by_one_and_batches())
    rates = f"{raw:,.0f} plain, {single:,.0f} single, {batched:,.0f} in batches of {engine.BATCH} a second"
    return [
        ("PERF-1", "engine, one event per transaction / plain sqlite3", single / raw, 0.30, rates),
        ("PERF-2", f"engine, batches of {engine.BATCH} / plain sqlite3 one by one", batched / raw, 2.5, rates),
    ]


def http_ratios() -> list[Measured]:
    """PERF-3. The batch rate is held against that of PERF-2, measured again just before."""
    _, _, in_process = engine.one_by_one_and_batches(rounds=1)
    bare, ours, accepted, processed = http.compare()
    plain, single = (statistics.median(measured.rate for measured in runs) for runs in (bare, ours))
    middle, slow = (statistics.median(measured.percentile(share) for measured in ours) for share in (0.5, 0.99))
    rates = f"{plain:,.0f} bare, {single:,.0f} ours a second, 16 connections"
    batches = f"{in_process[0]:,.0f} in process, {accepted:,.0f} accepted, {processed:,.0f} processed a second"
    return [
        ("PERF-3", "POST /events / bare handler with the plain transaction", single / plain, 0.40, rates),
        ("PERF-3", "10 x p50 / p99 of POST /events", 10 * middle / slow, 1.0, f"p50 {middle:.1f} ms, p99 {slow:.1f} ms"),
        ("PERF-3", "POST /events/batch of 500, until processed / PERF-2", processed / in_process[0], 0.70, batches),
    ]


def growth_ratios() -> list[Measured]:
    """PERF-10."""
    few, many = growth.rates()
    return [("PERF-10", "events a second at 1,000,000 stored events / at 10,000", many / few, 0.80, f"{few:,.0f} and {many:,.0f} a second")]


def reading_ratios() -> list[Measured]:
    """The database's part of PERF-7, turned over: at most 1.3 times is at least 0.77."""
    measured = reading.growth()
    name, grown = reading.worst(measured)
    few, many = measured[name]
    return [
        (
            "PERF-7",
            "what a page asks at 10,000 transfers / at 1,000,000, the worst",
            1 / grown,
            0.77,
            f"{name}: {few:.1f} and {many:.1f} ms",
        )
    ]


def page_ratios() -> list[Measured]:
    """PERF-7, in process: the slowest page of each audience, and the one that grows most."""
    few, many = pages.measure()
    _list_pages(many)
    told = [
        (
            "PERF-7",
            f"bare page x {pages.AUDIENCES[name][1]:.0f} / slowest {name} page, {page}",
            pages.AUDIENCES[name][1] / ratio,
            1.0,
            f"{many[name][page].taken:.1f} ms, bare {many[name][pages.BARE].taken:.1f} ms",
        )
        for name, (page, ratio) in pages.worst(many).items()
    ]
    page, grown = pages.growth(few, many)
    return [*told, ("PERF-7", f"1.3 x 10,000 / 1,000,000 transfers, {page}", 1.3 / grown, 1.0, f"{grown:.2f} times")]


def _list_pages(found: dict[str, pages.Pages]) -> None:
    table = Table("page", "ms", "x bare", "questions", title="Every page, the slowest first")
    for audience in found.values():
        for path, page in sorted(audience.items(), key=lambda item: -item[1].taken):
            table.add_row(path, f"{page.taken:.1f}", f"{page.taken / audience[pages.BARE].taken:.1f}", str(page.questions))
    Console(width=120).print(table)


BOARD = {
    "place": ("somebody's exact place", 1.0),
    "top": ("the top 100", 0.6),
    "neighbours": ("a place with 5 neighbours on each side", 0.7),
    "page": ("any page of 100", 1.5),
    "named top": ("the top 100, with names", 0.6),
    "named neighbours": ("a place with neighbours, with names", 0.7),
    "named page": ("any page of 100, with names", 1.5),
}


def board_ratios() -> list[Measured]:
    """PERF-4, turned over: the most that is allowed, divided by what was taken."""
    measured = board.compare()
    told = [
        (
            "PERF-4",
            f"Redis x {most} / {what}, of {PEOPLE:,}",
            most / measured[name].ratio,
            1.0,
            _microseconds(measured[name], "Redis"),
        )
        for name, (what, most) in BOARD.items()
    ]
    write = measured["write"]
    return [*told, ("PERF-4", "plain update x 1.3 / a score's move, each durable", 1.3 / write.ratio, 1.0, _microseconds(write, "plain"))]


def _microseconds(compared: board.Compared, other: str) -> str:
    return f"{compared.ours:.0f} us, {other} {compared.other:.0f} us: {compared.ratio:.2f}"


def resolving_ratios() -> list[Measured]:
    """PERF-5; times turned over, so that more is better everywhere."""
    taken = resolving.measure()
    told = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in taken.items())
    resolved = taken["resolved"]
    return [
        ("PERF-5", f"plain INSERT ... SELECT of {resolving.PEOPLE:,} / resolving as many", taken["plain"] / resolved, 0.5, told),
        ("PERF-5", "a loop in Python / resolving", taken["looped"] / resolved, 3.0, f"{resolving.LOOPED:,} looped, and reckoned up"),
        ("PERF-5", "resolving / again with nothing to do", resolved / taken["again"], 1.0, "0 rows the second time"),
    ]


ALL: dict[str, Callable[[], list[Measured]]] = {
    "engine": engine_ratios,
    "http": http_ratios,
    "growth": growth_ratios,
    "reading": reading_ratios,
    "pages": page_ratios,
    "board": board_ratios,
    "resolving": resolving_ratios,
}


def main() -> None:
    """Run what is named, or everything."""
    table = Table("id", "what", "ratio", "wanted", "rates", title="Ratios, each measured in one run")
    for name in sys.argv[1:] or ALL:
        for identity, what, ratio, wanted, rates in ALL[name]():
            table.add_row(identity, what, f"{ratio:.2f}", f">= {wanted:.2f}", rates)
    Console(width=160).print(table)


main()
