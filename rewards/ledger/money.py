"""Money is whole minor units of a currency; this is how it is told."""

from decimal import Decimal

from babel.numbers import get_currency_precision


def amount_text(currency: str, minor: int) -> str:
    """250 minor units of USD are 2.50, of JPY 250."""
    places = get_currency_precision(currency)
    return f"{Decimal(minor).scaleb(-places):.{places}f}"


def money(currency: str, minor: int) -> dict[str, object]:
    """The three members that every answer gives for an amount of money."""
    return {"currency": currency, "minor": minor, "amount": amount_text(currency, minor)}
