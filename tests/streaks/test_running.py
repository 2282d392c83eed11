"""A run of days comes to the same whatever the order its days arrive in."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rewards.streaks.running import Run, alive_on, longest_in_periods, monday_of, retell, span_with, step

MONDAY = date(2026, 3, 2)


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def play(numbers: list[int]) -> tuple[Run, list[int]]:
    """Take the days in as they come; the run's state and the length that each day's span had."""
    run, known, lengths = Run(), set[date](), []
    started = False
    for number in numbers:
        span = span_with(run if started else None, day(number), lambda: known)
        step(run, span)
        known.add(day(number))
        started = True
        lengths.append(span.days)
    return run, lengths


def test_a_day_after_the_last_makes_the_run_longer() -> None:
    run, lengths = play([0, 1, 2])
    assert (run.current, run.best, run.last_day, lengths) == (3, 3, day(2), [1, 2, 3])


def test_a_second_event_on_a_day_changes_nothing() -> None:
    run, lengths = play([0, 1, 1, 1])
    assert (run.current, lengths) == (2, [1, 2, 2, 2])


def test_a_missed_day_begins_a_new_run_and_keeps_the_best() -> None:
    run, _ = play([0, 1, 2, 4])
    assert (run.current, run.best) == (1, 3)


def test_a_late_day_joins_what_lies_on_both_sides() -> None:
    run, lengths = play([0, 1, 3, 4, 2])
    assert (run.current, run.best, lengths[-1]) == (5, 5, 5)


def test_a_late_day_before_everything_moves_no_last_day() -> None:
    run, lengths = play([5, 2])
    assert (run.current, run.last_day, lengths[-1]) == (1, day(5), 1)


def test_a_run_is_alive_today_and_the_day_after_it_ended() -> None:
    run, _ = play([0, 1])
    assert [alive_on(run, day(number)) for number in (1, 2, 3)] == [2, 2, 0]


def test_weeks_in_a_row_need_one_day_in_each() -> None:
    days = [day(number) for number in (0, 8, 15, 35)]
    assert longest_in_periods(days, monday_of, lambda monday: monday + timedelta(days=7)) == 3


@given(st.lists(st.integers(0, 40), min_size=1, max_size=60))
def test_any_order_of_arrival_comes_to_what_the_sorted_days_tell(numbers: list[int]) -> None:
    run, _ = play(numbers)
    assert (run.current, run.best, run.last_day) == retell({day(number) for number in numbers})


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40))
def test_a_days_span_is_the_run_it_belongs_to_once_it_is_in(numbers: list[int]) -> None:
    _, lengths = play(numbers)
    known = set(numbers)
    first = last = numbers[-1]
    while first - 1 in known:
        first -= 1
    while last + 1 in known:
        last += 1
    assert lengths[-1] == last - first + 1
