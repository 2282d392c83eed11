"""What a programme says about a reward, as people write it."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PlainValidator, StrictInt, model_validator

from rewards.activities.documents import Currency, Named
from rewards.earning.moments import Moment, is_before
from rewards.kit import documents
from rewards.kit.errors import Problem
from rewards.kit.values import AMOUNT_MAX, Amount, Name, Story, Text, YesNo
from rewards.kit.written import Misfit, plain
from rewards.shop.models import Period, RewardType

STOCK_MAX = 1_000_000_000
PAYLOAD_BYTES_MAX = 16_384
PAYLOAD_EXPECTED = f"members of at most {PAYLOAD_BYTES_MAX:,} bytes of JSON are expected"
URL_LENGTH_MAX = 2_000


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or any(letter.isspace() for letter in value):
        raise ValueError("an address that begins with https:// is expected")
    return value


def _payload(value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(PAYLOAD_EXPECTED)  # noqa: TRY004 - pydantic understands a ValueError only.
    try:
        text = documents.canonical(plain(value))
        size = len(text.encode())
    except (ValueError, TypeError, RecursionError):
        raise ValueError(PAYLOAD_EXPECTED) from None
    if size > PAYLOAD_BYTES_MAX or "\\u0000" in text:
        raise ValueError(PAYLOAD_EXPECTED)
    return dict(documents.parse(text))


def _external_id(value: str) -> str:
    if "/" in value or not value.isprintable():
        raise ValueError("one line without a slash is expected: it stands in addresses")
    return value


Address = Annotated[Text, Field(max_length=URL_LENGTH_MAX), AfterValidator(_address)]
ExternalId = Annotated[Name, AfterValidator(_external_id)]
Payload = Annotated[dict[str, Any], PlainValidator(_payload)]


class RewardDocument(Named):
    """Something that points are given for."""

    spellings: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "is_active": ("active",),
        "enabled": ("active",),
        "cost": ("points_cost",),
    }

    told: ClassVar[tuple[str, ...]] = ("points_cost",)

    description: Story = ""
    type: RewardType = RewardType.CUSTOM
    points_cost: Amount
    # None: as many as anybody wants; 0: none. Where it is not written at all, a reward that is there keeps what it has.
    stock: Annotated[StrictInt, Field(ge=0, le=STOCK_MAX)] | None = None
    # Each redemption takes a code; there are as many as there are free codes.
    pooled: YesNo = False
    # What its picture shows, for who cannot see it.
    picture_alt: Annotated[Text, Field(max_length=300)] = ""
    value_minor: Annotated[StrictInt, Field(ge=1, le=AMOUNT_MAX)] | None = None
    # None: the programme's own.
    currency: Currency | None = None
    payload: Payload | None = None
    external_url: Address | None = None
    external_id: ExternalId | None = None
    available_from: Moment | None = None
    # The first moment at which it is not offered any more.
    available_until: Moment | None = None
    limit_count: Annotated[StrictInt, Field(ge=1, le=1_000_000)] | None = None
    limit_period: Period | None = None
    level_number: Annotated[StrictInt, Field(ge=1, le=1_000_000)] | None = None
    # How many days it waits for somebody to fulfil it, after the one on which it was redeemed.
    valid_days: Annotated[StrictInt, Field(ge=1, le=36_500)] | None = None
    active: YesNo = True
    # A coach's own reward names its coach: by e-mail where people write it, by id where it is stored. Neither: everybody's.
    coach: Text | None = None
    coach_id: StrictInt | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        problems = [*self._value_problems(), *self._limit_problems()]
        if self.pooled and self.stock is not None:
            problems.append(Problem("stock", "there are as many as there are free codes; take it out", self.stock))
        if self.available_from and self.available_until and not is_before(self.available_from, self.available_until):
            expected = f"a moment after {self.available_from.isoformat()} is expected"
            problems.append(Problem("available_until", expected, self.available_until.isoformat()))
        if problems:
            raise Misfit(problems)
        return self

    def _value_problems(self) -> list[Problem]:
        if self.value_minor is None and self.type == RewardType.CASHBACK:
            return [Problem("value_minor", "cashback needs it: what is paid, in the currency's smallest unit")]
        if self.value_minor is None and self.currency is not None:
            return [Problem("currency", "there is no value_minor in it; take it out", self.currency)]
        return []

    def _limit_problems(self) -> list[Problem]:
        if self.limit_count is not None and self.limit_period is None:
            return [Problem("limit_period", "limit_count needs it: day, week, month or ever")]
        if self.limit_period is not None and self.limit_count is None:
            return [Problem("limit_count", "limit_period needs it", self.limit_period.value)]
        return []
