"""Says in words how somebody comes by a reward, and what became of one that was redeemed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rewards.levels.ladder import Ladder
from rewards.shop.models import Redemption, RedemptionStatus, Reward, RewardType
from rewards.shop.queries import Offer, Redeemed
from rewards.web.words import Words, plural

FEW = 10
TEAM = "the team"
TIMES = {1: "Once", 2: "Twice"}
# Whatever was paid has come back.
RETURNED = (RedemptionStatus.REJECTED, RedemptionStatus.CANCELLED, RedemptionStatus.EXPIRED)
TYPES = {
    RewardType.PRODUCT: "Product",
    RewardType.SERVICE: "Service",
    RewardType.DISCOUNT: "Discount",
    RewardType.CASHBACK: "Cashback",
    RewardType.DIGITAL: "Digital",
    RewardType.ACCESS: "Access",
    RewardType.FEATURE: "Feature",
    RewardType.BADGE: "Badge",
    RewardType.CUSTOM: "Something else",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What somebody wants to know before they redeem: the facts, how they get it, until when, and whether they can change their mind."""

    facts: list[tuple[str, str]]
    how: str
    until: str
    cancel: str


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a redemption: what it cost, and what else there is to say."""

    price: str
    lines: list[str]


def terms_of(offer: Offer, words: Words, ladder: Ladder, *, giver: str, points_word: str) -> Terms:
    """The terms of a reward; `giver` is who hands it over."""
    reward = offer.reward
    facts = [("Price", f"{words.number(reward.points_cost)} {points_word}"), ("From", offer.owner or "System, for everybody")]
    if reward.value_minor and reward.currency:
        facts.append(("Worth", words.money(reward.currency, reward.value_minor)))
    if reward.level_number:
        name = next((one.name for one in ladder.levels if one.number == reward.level_number), f"level {reward.level_number}")
        facts.append(("Level", f"From {name} on"))
    if reward.limit_count and reward.limit_period:
        facts.append(("For each", limit_told(reward)))
    facts += [("Left", words.number(reward.stock))] if reward.stock is not None and reward.stock < FEW else []
    facts += [("Offered", f"until {words.written(last_day(reward.available_until, words))}")] if reward.available_until else []
    return Terms(facts, _how(reward, words, giver), _until(reward, points_word), _cancel(points_word))


def limit_told(reward: Reward) -> str:
    """Once a month; 3 times for ever."""
    times = TIMES.get(reward.limit_count or 0, f"{reward.limit_count} times")
    return f"{times} in all" if reward.limit_period == "ever" else f"{times} a {reward.limit_period}"


def facts_in_short(offer: Offer, words: Words) -> list[str]:
    """What makes somebody hurry, or need not: 3 left; until Sat 28 Nov."""
    reward = offer.reward
    left = [f"{words.number(reward.stock)} left"] if reward.stock and reward.stock < FEW else []
    return left + ([f"Until {words.written(last_day(reward.available_until, words))}"] if reward.available_until else [])


def last_day(moment: datetime, words: Words) -> date:
    """The last day on which something holds that ends at this moment."""
    return (moment - timedelta(microseconds=1)).astimezone(words.zone).date()


def requested(giver: str) -> str:
    """What is said right after redeeming."""
    return f"{_begun(giver)} will hand it over. You see it in My rewards."


def told_of(row: Redeemed, words: Words, *, giver: str, points_word: str) -> Told:
    """What its owner reads about a redemption."""
    one = row.redemption
    price = f"{words.number(one.points)} {points_word}" if one.points else "A gift"
    lines = []
    if one.is_pending:
        lines = [f"{_begun(giver)} will hand it over."]
        if one.expires_at:
            lines.append(f"If that has not happened by {words.written(last_day(one.expires_at, words))}, your {points_word} come back.")
    elif one.status == RedemptionStatus.FULFILLED:
        lines = [_credited(one, words) or _handed_over(row, words)]
    elif one.status in RETURNED and one.points:
        lines = [f"{words.number(one.points)} {points_word} returned."]
    return Told(price, lines)


def _credited(one: Redemption, words: Words) -> str:
    if one.type != RewardType.CASHBACK or one.value_minor is None or one.currency is None:
        return ""
    return f"{words.money(one.currency, one.value_minor)} credited."


def _handed_over(row: Redeemed, words: Words) -> str:
    at = row.redemption.settled_at
    by = f" by {row.settler}" if row.settler else ""
    return f"Handed over{by}{f' {words.at(at)}' if at else ''}."


def _how(reward: Reward, words: Words, giver: str) -> str:
    if reward.pays_money and reward.value_minor and reward.currency:
        return f"{words.money(reward.currency, reward.value_minor)} is credited to you as soon as {giver} confirms it."
    if reward.pooled:
        return f"You get a code of your own in My rewards as soon as {giver} confirms it."
    return f"{_begun(giver)} hands it over and ticks it off in My rewards."


def _until(reward: Reward, points_word: str) -> str:
    if reward.valid_days is None:
        return ""
    return f"If that takes more than {reward.valid_days} {plural(reward.valid_days, 'day')}, your {points_word} come back by themselves."


def _cancel(points_word: str) -> str:
    return f"Until then you can cancel, and your {points_word} come back."


def _begun(giver: str) -> str:
    return f"{giver[:1].upper()}{giver[1:]}"
