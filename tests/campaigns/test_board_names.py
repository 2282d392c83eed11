"""Names on a board: as their owners chose, and never an address."""

import pytest

from rewards.campaigns.naming import shown_name
from rewards.campaigns.subscriber_models import Display, Subscriber, SubscriberStatus


@pytest.mark.parametrize(
    ("name", "display", "shown"),
    [
        ("Ada Lovelace", Display.FIRST_NAME, "Ada L."),
        ("Ada Lovelace", Display.INITIALS, "A. L."),
        ("Ada Lovelace", Display.HIDDEN, ""),
        ("ada", Display.FIRST_NAME, "ada"),
        ("  ada  ", Display.INITIALS, "A."),
        ("Ada King (Byron)", Display.FIRST_NAME, "Ada B."),
        ("Östen Åkesson", Display.INITIALS, "Ö. Å."),
        ("!", Display.INITIALS, "!."),
        ("", Display.FIRST_NAME, ""),
        ("ada@example.com", Display.FIRST_NAME, ""),
        ("Ada ada@example.com", Display.INITIALS, ""),
    ],
)
def test_a_subscriber_is_named_as_they_chose_and_never_by_their_address(name: str, display: Display, shown: str) -> None:
    assert shown_name(Subscriber(name=name, display=display, status=SubscriberStatus.ACTIVE, email="ada@example.com")) == shown


def test_whose_data_are_erased_has_no_name() -> None:
    assert shown_name(Subscriber(name="Ada", display=Display.FIRST_NAME, status=SubscriberStatus.ERASED)) == ""
