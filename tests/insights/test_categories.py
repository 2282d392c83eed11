"""What came from which category is what the ledger gave, in the person's own days and in the registry's own categories."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.earning.granting import adjust
from rewards.insights.categories import earned_by_category
from rewards.insights.windows import Bucket, Span, Window, last_days
from rewards.kit.database import db
from rewards.ledger.models import POINTS, XP
from rewards.ledger.queries import balances_of
from rewards.ledger.spending import spend_points
from tests.programmes import NOON, define, did, play, workout

TODAY = NOON.date()
DAY = timedelta(days=1)
STANDARD = ["creation", "learning", "community", "participation", "consistency", "challenge"]
QUIZ = {"key": "quiz_completed", "category": "learning", "xp": 30, "points": 10}


@pytest.fixture
def played(cast):
    define(activities=[workout(), QUIZ])
    days = (("workout_logged", 0), ("workout_logged", 0), ("quiz_completed", 2), ("quiz_completed", 12), ("workout_logged", 45))
    play(*(did(cast.ada, key, at=NOON - ago * DAY) for key, ago in days), did(cast.cy))
    return cast


def asked(user_id, **members):
    with db.read():
        return earned_by_category(user_id=user_id, today=TODAY, **members)


@pytest.mark.parametrize(
    ("window", "creation", "learning"), [(Window.LAST_7_DAYS, 40, 10), (Window.LAST_30_DAYS, 40, 20), (Window.ALL_TIME, 60, 20)]
)
def test_a_window_counts_its_own_days(played, window, creation, learning):
    found = asked(played.ada, window=window)
    assert list(found.totals) == STANDARD
    assert (found.totals["creation"], found.totals["learning"], found.total) == (creation, learning, creation + learning)


@pytest.mark.parametrize("window", Window)
@pytest.mark.parametrize("bucket", Bucket)
@pytest.mark.parametrize("asset", [POINTS, XP])
def test_every_series_adds_up_to_its_totals(played, window, bucket, asset):
    found = asked(played.ada, window=window, bucket=bucket, asset=asset)
    assert {key: sum(stretch.amounts[key] for stretch in found.series) for key in found.totals} == found.totals
    assert [stretch.starts_on for stretch in found.series] == list(found.span.buckets(bucket))


def test_all_time_is_what_the_ledger_gave_whatever_was_spent(played):
    with db.write():
        adjust(user_id=played.ada, asset=POINTS, amount=-15, reason="a mistake", actor_id=played.dee)
        spend_points(user_id=played.ada, points=20, reason="a coffee", reference="till")
    found = asked(played.ada, window=Window.ALL_TIME)
    with db.read():
        assert found.total == balances_of(played.ada)[POINTS] + 20
        assert asked(played.ada, window=Window.ALL_TIME, asset=XP).total == balances_of(played.ada)[XP]
    assert found.totals["participation"] == -15
    assert found.share("participation") == 0
    assert found.share("creation") == 75


def test_a_week_is_named_for_its_monday_and_holds_only_days_of_the_window(played):
    found = asked(played.ada, window=Window.LAST_30_DAYS, bucket=Bucket.WEEK)
    assert all(stretch.starts_on.weekday() == 0 for stretch in found.series)
    assert found.series[-1].starts_on == date(2026, 3, 2)
    assert found.series[-1].amounts["creation"] == 40
    assert found.series[0].starts_on < found.span.first


def test_a_category_that_is_moved_takes_its_past_along(played):
    define(activities=[workout(category="challenge"), QUIZ])
    assert asked(played.ada).totals == dict.fromkeys(STANDARD, 0) | {"challenge": 40, "learning": 20}


def test_what_nobody_registered_has_the_category_of_its_rule(cast):
    rule = {
        "key": "sat",
        "pattern": {"action": "done", "object_type": "sitting"},
        "outcome": {"type": "award_points", "points": 7, "category": "mindfulness"},
    }
    define(rules=[rule])
    play(did(cast.ada, "sitting_done"))
    found = asked(cast.ada)
    assert found.totals["mindfulness"] == 7
    assert [category.name for category in found.categories][-1] == "Mindfulness"


def test_only_what_can_be_done_is_called_untouched(played):
    define(activities=[{"key": "feedback_given", "category": "community", "points": 5}, QUIZ | {"active": False}])
    define(activities=[{"key": "streak_7_day", "category": "consistency", "points": 50, "recorded_by": ["system"]}])
    assert [category.key for category in asked(played.cy).untouched] == ["community"]
    assert asked(played.cy).leading.key == "creation"


def test_somebody_who_did_nothing_has_a_zero_for_everything(cast):
    for window in Window:
        found = asked(cast.cy, window=window)
        assert (found.total, found.leading, found.share("creation")) == (0, None, 0)
        assert set(found.totals.values()) == {0}


def test_a_day_is_the_persons_own(cast):
    """23:30 UTC is the next day in Berlin."""
    define(activities=[workout()])
    play(did(cast.ada, at=datetime(2026, 3, 3, 23, 30, tzinfo=UTC)))
    found = asked(cast.ada, window=Window.LAST_7_DAYS)
    assert [stretch.starts_on for stretch in found.series if stretch.total] == [TODAY]


def test_an_event_of_another_century_makes_no_endless_series(cast):
    define(activities=[workout()])
    play(did(cast.ada, at=datetime(1326, 3, 4, tzinfo=UTC)), did(cast.ada))
    found = asked(cast.ada, window=Window.ALL_TIME)
    assert [stretch.total for stretch in found.series] == [20, 20]


@given(first=st.dates(date(2000, 1, 1), date(2030, 1, 1)), days=st.integers(1, 400), bucket=st.sampled_from(Bucket))
def test_buckets_hold_every_day_of_a_span_and_none_twice(first, days, bucket):
    span = Span(first, first + (days - 1) * DAY)
    starts = list(span.buckets(bucket))
    assert starts == sorted({bucket.start_of(first + n * DAY) for n in range(days)})
    assert span.before().days == span.days == days
    assert span.before().last == first - DAY
    assert last_days(days, span.last) == span
