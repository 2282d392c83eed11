"""Whatever people do in the shop in whatever order, points, money, stock and codes are where a plain count of them says."""

from datetime import timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule, run_state_machine_as_test

from rewards.earning.granting import adjust
from rewards.kit import clock, sql
from rewards.kit.database import db
from rewards.kit.errors import DomainError, Invalid, NotFound, Refused
from rewards.ledger.spending import spend_points
from rewards.people.models import Role
from rewards.programme.verifying import verify
from rewards.shop import redeeming
from rewards.shop.expiring import expire_due
from rewards.shop.giving import issue
from rewards.shop.models import Redemption, Reward
from tests.cast import Cast, user
from tests.shop.conftest import NOON, Shop

KINDS: tuple[dict[str, Any], ...] = (
    {"key": "plain", "points_cost": 30},
    {"key": "few", "points_cost": 20, "stock": 2, "valid_days": 1},
    {"key": "coded", "points_cost": 10, "pooled": True},
    {"key": "money", "points_cost": 40, "type": "cashback", "value_minor": 7, "stock": 3},
    {"key": "free", "points_cost": 0, "stock": 1},
)
TABLES = ("accounts", "transfers", "redemptions", "rewards", "voucher_codes", "audit_entries")


def tables() -> list[Any]:
    """Everything that a refusal must leave as it was."""
    with db.read():
        return [sql.rows(f"SELECT * FROM {table} ORDER BY id") for table in TABLES]


class AnyOrder(RuleBasedStateMachine):
    """Two clients of one coach, and a plain count of what everybody should have."""

    cast: ClassVar[Cast]
    redemptions: Bundle[int] = Bundle("redemptions")

    @initialize()
    def open_shop(self) -> None:
        clock.set_to(NOON)
        self.shop = Shop(self.cast)
        with db.write():
            self.people = [user(f"p{sql.value('SELECT count(*) FROM users')}", Role.CLIENT, coach_id=self.cast.bo) for _ in range(2)]
        self.rewards = [self.shop.add(codes=["A", "B"] if kind["key"] == "coded" else None, **kind) for kind in KINDS]
        self.points = dict.fromkeys(self.people, 0)
        self.money = dict.fromkeys(self.people, 0)
        self.left: dict[int, int | None] = {reward.id: kind.get("stock") for reward, kind in zip(self.rewards, KINDS, strict=True)}
        self.left[self.rewards[2].id] = 2
        self.seen: set[int] = set()
        self.state: dict[int, str] = {}
        self.due: dict[int, Any] = {}
        self.about: dict[int, tuple[int, Reward, int]] = {}
        self.number = 0

    def key(self) -> str:
        self.number += 1
        return f"{self.people[0]}-{self.number}"

    def refused(self, deed: Any, *kinds: type[DomainError]) -> None:
        before = tables()
        with pytest.raises(kinds):
            deed()
        assert tables() == before

    @rule(who=st.integers(0, 1), points=st.integers(1, 90))
    def give(self, who: int, points: int) -> None:
        person = self.people[who]
        self.shop.give(person, points)
        self.points[person] += points

    @rule(who=st.integers(0, 1), points=st.integers(1, 60), by=st.sampled_from(["spend", "adjust"]))
    def take(self, who: int, points: int, by: str) -> None:
        person = self.people[who]

        def deed() -> None:
            with db.write():
                if by == "spend":
                    spend_points(user_id=person, points=points, reason="x", reference="service:1", idempotency_key=self.key())
                else:
                    adjust(user_id=person, asset="points", amount=-points, reason="x", actor_id=self.cast.dee)

        if self.points[person] < points:
            self.refused(deed, Refused)
        else:
            deed()
            self.points[person] -= points

    @rule(target=redemptions, who=st.integers(0, 1), what=st.integers(0, len(KINDS) - 1), gift=st.booleans())
    def redeem(self, who: int, what: int, gift: bool) -> Any:  # noqa: FBT001 - Hypothesis passes it by name.
        person, reward, key = self.people[who], self.rewards[what], self.key()
        price = 0 if gift else reward.points_cost

        def deed() -> Redemption:
            if not gift:
                return self.shop.redeem(person, reward, key)
            with db.write():
                return issue(user_id=person, reward_id=reward.id, idempotency_key=key, source="service:1")

        if self.left[reward.id] == 0 or self.points[person] < price:
            self.refused(deed, Refused)
            return multiple()
        redemption = deed()
        assert deed().id == redemption.id
        self.points[person] -= price
        self.move_stock(reward, -1)
        self.state[redemption.id], self.about[redemption.id] = "pending", (person, reward, price)
        self.due[redemption.id] = redemption.expires_at
        if gift:
            self.handed_out(redemption.id)
        return redemption.id

    @rule(redemption=redemptions, by=st.sampled_from(["bo", "dee"]))
    def fulfil(self, redemption: int, by: str) -> None:
        deed = self.deed(self.shop.fulfil, redemption, getattr(self.cast, by))
        if self.state[redemption] == "pending":
            deed()
            self.handed_out(redemption)
        elif self.state[redemption] == "fulfilled":
            deed()
        else:
            self.refused(deed, Refused)

    @rule(redemption=redemptions, verb=st.sampled_from(["reject", "cancel"]))
    def refuse(self, redemption: int, verb: str) -> None:
        state = {"reject": "rejected", "cancel": "cancelled"}[verb]
        by = self.cast.bo if verb == "reject" else self.about[redemption][0]
        deed = self.deed(getattr(self.shop, verb), redemption, by)
        if self.state[redemption] == "pending":
            deed()
            self.given_back(redemption, state)
        elif self.state[redemption] == state:
            deed()
        else:
            self.refused(deed, Refused)

    @rule(redemption=redemptions)
    def reopen(self, redemption: int) -> None:
        person, reward, _ = self.about[redemption]
        deed = self.deed(self.shop.reopen, redemption, self.cast.bo)
        if self.state[redemption] == "pending":
            deed()
        elif self.state[redemption] != "fulfilled" or (reward.pays_money and self.money[person] < (reward.value_minor or 0)):
            self.refused(deed, Refused)
        else:
            deed()
            self.state[redemption] = "pending"
            self.money[person] -= (reward.value_minor or 0) if reward.pays_money else 0

    @rule(redemption=redemptions)
    def meddle(self, redemption: int) -> None:
        """Neither a stranger nor the wrong kind of person finds it; a rejection without a reason is none."""
        self.refused(self.deed(self.shop.cancel, redemption, self.cast.cy), NotFound)
        self.refused(self.deed(self.shop.fulfil, redemption, self.about[redemption][0]), NotFound)
        self.refused(self.deed(self.shop.reject, redemption, self.cast.bo, reason=" "), Invalid)

    @rule(who=st.integers(0, 1), amount=st.integers(1, 7))
    def spend_money(self, who: int, amount: int) -> None:
        person = self.people[who]
        if self.money[person] >= amount:
            with db.write():
                adjust(user_id=person, asset="USD", amount=-amount, reason="x", actor_id=self.cast.dee)
            self.money[person] -= amount

    @rule(hours=st.sampled_from([1, 20, 60]))
    def wait(self, hours: int) -> None:
        clock.set_to(clock.now() + timedelta(hours=hours))
        late = [one for one, at in self.due.items() if at and at <= clock.now() and self.state[one] == "pending"]
        assert expire_due() == len(late)
        for redemption in late:
            self.given_back(redemption, "expired")

    def deed(self, verb: Any, redemption: int, by: int, **more: Any) -> Any:
        return lambda: verb(Redemption(id=redemption), by=by, **more)

    def handed_out(self, redemption: int) -> None:
        person, reward, _ = self.about[redemption]
        self.state[redemption] = "fulfilled"
        self.money[person] += (reward.value_minor or 0) if reward.pays_money else 0
        self.seen.add(redemption)

    def given_back(self, redemption: int, state: str) -> None:
        person, reward, price = self.about[redemption]
        self.state[redemption] = state
        self.points[person] += price
        # A code that somebody has seen does not come back.
        if not (reward.pooled and redemption in self.seen):
            self.move_stock(reward, 1)

    def move_stock(self, reward: Reward, by: int) -> None:
        left = self.left[reward.id]
        self.left[reward.id] = None if left is None else left + by

    @invariant()
    def everything_is_where_it_should_be(self) -> None:
        with db.read():
            ours = sql.marks(self.people)
            held = {
                (owner, asset): balance
                for owner, asset, balance in sql.rows(
                    f"SELECT owner_id, asset, balance FROM accounts WHERE owner_id IN ({ours})", self.people
                )
            }
            stock: dict[int, int | None] = dict(
                sql.rows(f"SELECT id, stock FROM rewards WHERE id IN ({sql.marks(self.left)})", list(self.left))
            )
            states: dict[int, str] = dict(sql.rows(f"SELECT id, status FROM redemptions WHERE user_id IN ({ours})", self.people))
        assert {person: held.get((person, "points"), 0) for person in self.people} == self.points
        assert {person: held.get((person, "USD"), 0) for person in self.people} == self.money
        assert stock == self.left
        assert states == self.state

    def teardown(self) -> None:
        # Nothing of this shop is left to expire in the next one.
        clock.set_to(NOON + timedelta(days=1000))
        expire_due()
        with db.read():
            assert verify() == []


def test_whatever_is_done_in_whatever_order(database, cast, clock, proof):
    AnyOrder.cast = cast
    short = 12 if database.dialect == "sqlite" else 4
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=300 if proof else short,
            stateful_step_count=40 if proof else 25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_build_that_takes_nothing_from_the_shelf_is_noticed(database, cast, clock, monkeypatch):
    """The control."""
    AnyOrder.cast = cast
    monkeypatch.setattr(redeeming, "take_from_stock", lambda reward: None)
    # One failure is enough to see; the shortest one is not looked for.
    quick = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate], database=None)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(AnyOrder, settings=quick)
