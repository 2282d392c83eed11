"""How somebody's points come about."""

from typing import Literal

from pydantic import ConfigDict, Field

from rewards.api.me.door import door
from rewards.api.values import Shown, Told
from rewards.insights.categories import earned_by_category
from rewards.insights.windows import Bucket, Window
from rewards.integrations.answers import Answer
from rewards.kit import clock
from rewards.people.models import User
from rewards.people.zones import zone_at

TAG = "Me"


class Asked(Told):
    """Which days, and how finely."""

    window: Literal["last_7_days", "last_30_days", "all_time"] = Field(
        "last_30_days", description="Today, in the person's time zone, is the last day of it."
    )
    bucket: Literal["day", "week"] = Field("day", description="A week begins on Monday, and `date` names that day.")


class StretchShown(Shown):
    """One bucket: its first day, and the points of each category."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [{"date": "2027-03-01", "creation": 40, "learning": 20}]})
    __pydantic_extra__: dict[str, int]

    date: str


class ByCategoryShown(Shown):
    """Points by category. What was taken back by hand counts against its category."""

    window: str = Field(examples=["last_30_days"])
    totals: dict[str, int] = Field(examples=[{"creation": 420, "learning": 310}])
    series: list[StretchShown]


@door.get("/points/by-category/", tag=TAG, answers={200: ByCategoryShown})
def list_points_by_category(person: User, query: Asked) -> Answer:
    """How one's points come about. Every category of the programme is there, also with 0; the series adds up to the totals."""
    now = clock.now()
    today = now.astimezone(zone_at(person, now)).date()
    found = earned_by_category(user_id=person.id, today=today, window=Window(query.window), bucket=Bucket(query.bucket))
    series = [{"date": stretch.starts_on.isoformat(), **stretch.amounts} for stretch in found.series]
    return Answer(200, {"window": query.window, "totals": dict(found.totals), "series": series})
