"""Exact amounts: whole numbers stay whole, fractions are decimal to the last digit, and rounding happens once, at the very end."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, DecimalException, Inexact, InvalidOperation

Number = int | Decimal

# Room for the product of as many factors as a programme can have. What would need more is refused and never cut.
DIGITS_MAX = 100_000
EXACT = Context(prec=DIGITS_MAX, Emin=-DIGITS_MAX, Emax=DIGITS_MAX, traps=[Inexact, InvalidOperation])
# Of a number in a trace.
TOLD_MAX = 40


def exact(value: Number) -> Number:
    """The same number, as int where it is whole: whole numbers are quicker."""
    return int(value) if value == int(value) else value


def times(first: Number, second: Number) -> Number:
    """The exact product. Raises OverflowError."""
    return first * second if type(first) is int and type(second) is int else _exactly(EXACT.multiply, first, second)


def plus(first: Number, second: Number) -> Number:
    """The exact sum. Raises OverflowError."""
    return first + second if type(first) is int and type(second) is int else _exactly(EXACT.add, first, second)


def to_the_power(factor: Number, exponent: int) -> Number:
    """The exact power. Raises OverflowError."""
    return factor**exponent if type(factor) is int else _exactly(EXACT.power, factor, exponent)


def _exactly(operation: Callable[[Number, Number], Decimal], first: Number, second: Number) -> Decimal:
    try:
        return operation(first, second)
    except DecimalException:
        raise OverflowError("a number has more digits than can be reckoned with") from None


def rounded(value: Number) -> Number:
    """The nearest whole number, halves away from zero. Of the same type: a whole number of a million digits stays short that way."""
    return value if isinstance(value, int) else value.to_integral_value(ROUND_HALF_UP, EXACT)


def told(value: Number) -> int | str:
    """The number for a trace: whole ones as they are, fractions as text, and neither longer than a line."""
    if type(value) is int and value.bit_length() < 64:
        return value
    number = Decimal(value)
    if not -TOLD_MAX < number.adjusted() < TOLD_MAX:
        return f"{number:.6E}"
    if number == number.to_integral_value():
        return int(number)
    text = f"{number:f}".rstrip("0")
    return text if len(text) <= TOLD_MAX else text[: TOLD_MAX - 1] + "…"


def untold(text: int | str | Decimal) -> Decimal:
    """A number that a trace tells, as far as it tells it."""
    return Decimal(str(text).removesuffix("…"))
