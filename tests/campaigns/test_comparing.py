"""Variants side by side, and how sure their difference is."""

from random import Random
from statistics import mean, variance

import pytest

from rewards.campaigns import boards
from rewards.campaigns.board_models import Entrant
from rewards.campaigns.comparing import Sample, compare_variants, difference, samples_of, student_quantile
from rewards.campaigns.models import Campaign
from rewards.kit import sql
from rewards.kit.database import db
from tests.campaigns import boarding
from tests.campaigns.conftest import REFERRED

DOUBLE = {"key": "double", "name": "Twice as much", "rules": [{**REFERRED, "points": 20}]}


def sample(numbers):
    middle = mean(numbers)
    return Sample(len(numbers), middle, sum((number - middle) ** 2 for number in numbers))


def test_what_each_variant_brings_for_one_person_stands_beside_the_others(waitlist):
    waitlist.play(REFERRED, variants=[DOUBLE, {"key": "unseen", "weight": 1, "rules": []}])
    people = [waitlist.join() for _ in range(9)]
    with db.write():
        # The split is fair; which of them it gave to whom is not this test's business.
        for place, one in enumerate(people):
            sql.run("UPDATE entrants SET variant = ? WHERE subscriber_id = ?", (("", "double", "gone")[place % 3], one.id))
    waitlist.judge("disqualify", people[3])
    for one, number in ((people[0], 1), (people[1], 2), (people[4], 3)):
        for friend in waitlist.bring(one, number):
            with db.write():
                # Whom they bring would belong to a variant too.
                sql.run("UPDATE entrants SET rank_key = NULL WHERE subscriber_id = ?", (friend.id,))
    with db.read() as session:
        own, double, unseen, gone = compare_variants(waitlist.campaign_id)
        assert {entrant.variant for entrant in session.query(Entrant)} >= {"", "double", "gone"}
    assert (own.variant, own.people, own.referrals_mean, own.score_mean, own.score) == ("", 2, 0.5, 5, None)
    assert (double.name, double.people) == ("Twice as much", 3)
    assert [double.referrals_mean, double.score_mean] == pytest.approx([5 / 3, 100 / 3])
    assert (unseen.people, unseen.referrals, gone.variant, gone.people) == (0, None, "gone", 3)
    assert double.referrals is not None
    assert double.referrals.by == pytest.approx(5 / 3 - 1 / 2)
    assert double.referrals.low < 0 < double.referrals.high
    assert not double.referrals.is_clear


@pytest.mark.parametrize("mode", ["POINTS", "REFERRALS_ONLY"])
def test_however_large_scores_are_their_spread_is_that_of_a_plain_count(database, mode):
    chance = Random(7)
    with database.write():
        _, campaign_id = boarding.waitlist_and_campaign(mode)
        people = boarding.add(database.session.get_one(Campaign, campaign_id).waitlist_id, campaign_id, 12)
        boards.rebuild(campaign_id=campaign_id)
        counted: dict[str, list[tuple[int, int]]] = {"": [], "double": []}
        for number, who in enumerate(people):
            score, referrals = chance.choice((1, -1)) * chance.randrange(2**29, 2**30), chance.randrange(9)
            boarding.score(campaign_id, who, score, f"{campaign_id}:{number}")
            variant = "double" if number % 3 else ""
            sql.run("UPDATE entrants SET referrals = ?, variant = ? WHERE subscriber_id = ?", (referrals, variant, who))
            counted[variant].append((referrals, score))
        found = samples_of(database.session.get_one(Campaign, campaign_id))
    for variant, numbers in counted.items():
        for one, told in zip(found[variant], zip(*numbers, strict=True), strict=True):
            assert one == pytest.approx(sample(told), rel=1e-12)


def test_an_interval_is_the_one_of_the_textbook():
    # Two groups of the first test data in Student's paper of 1908 (hours of sleep gained): t.test(..., var.equal = FALSE) of R says
    # that the difference lies between -3.3654832 and 0.2054832, with 17.776 degrees of freedom.
    first = sample([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    second = sample([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    found = difference(second, first)
    assert found is not None
    assert [found.by, found.low, found.high] == pytest.approx([-1.58, -3.3654832, 0.2054832], abs=1e-4)


@pytest.mark.parametrize(("freedom", "expected"), [(2, 4.303), (4, 2.776), (10, 2.228), (100, 1.984)])
def test_the_fewer_there_are_the_wider_it_is(freedom, expected):
    assert student_quantile(0.975, freedom) == pytest.approx(expected, rel=0.01)


def test_nothing_is_said_of_too_few_or_of_those_who_are_all_alike():
    assert difference(Sample(1, 3.0, 0.0), Sample(50, 4.0, 20.0)) is None
    assert difference(Sample(50, 0.0, 0.0), Sample(50, 0.0, 0.0)) is None


def test_of_twenty_variants_that_change_nothing_about_one_looks_as_if_it_did():
    chance = Random(5)
    clear = 0
    for _ in range(1000):
        groups = [[int(chance.expovariate(0.7)) for _ in range(size)] for size in (60, 90)]
        assert variance(groups[0]) > 0
        found = difference(*map(sample, groups))
        clear += found is not None and found.is_clear
    assert 30 <= clear <= 75
