"""A coach hears of what a client redeemed: by mail, whenever the mail server can be reached, and on their pages; the client of the rest."""

from datetime import timedelta

import pytest

from rewards.jobs import TIMETABLE
from rewards.kit import sql
from rewards.kit.database import db
from rewards.messages.notices import notices_of
from rewards.messages.queries import mails
from rewards.messages.sending import send_mails
from rewards.people.addresses import ask_to_verify
from rewards.people.changing import disable_user
from rewards.people.describing import reassign_coach
from rewards.people.preferences import change_preferences
from rewards.people.resetting import ask_for_reset
from rewards.shop.expiring import expire_due
from tests.shop.conftest import NOON, Shop


@pytest.fixture
def shop(receiver, wired, cast, clock) -> Shop:
    clock.set_to(NOON)
    made = Shop(cast)
    made.give(cast.ada, 200)
    made.give(cast.cy, 200)
    return made


def told(user_id):
    with db.read():
        return [(line.kind, line.about) for line in notices_of(user_id)]


def test_the_coach_is_mailed_who_redeemed_what_for_how_much_and_where_it_waits(receiver, shop):
    redemption = shop.redeem(shop.ada, shop.add(name="Water bottle", points_cost=150, valid_days=1))
    assert send_mails() == 1
    (mail,) = receiver.mails
    assert receiver.recipients == ["bo@example.com"]
    assert mail["Subject"] == "Ada redeemed Water bottle"
    text = mail.get_content()
    assert "Hello Bo," in text
    assert "Ada has Water bottle coming, for 150 points, since 4 March 2026, 13:00 (Europe/Berlin)." in text
    assert f"https://rewards.example.org/coach/redemptions#redemption-{redemption.id}" in text
    assert "It waits until 6 March 2026, 00:00 (Europe/Berlin)." in text


def test_while_no_mail_can_be_sent_the_redemption_stands_and_the_mail_arrives_later(receiver, shop, clock):
    receiver.refusal = "451 come back later"
    bottle = shop.add(stock=1)
    redemption = shop.redeem(shop.ada, bottle)
    assert send_mails() == 0
    assert (shop.balance(shop.ada), shop.stock(bottle)) == (150, 0)
    with db.read():
        (line,) = mails()
    assert line.state == "retrying"
    receiver.refusal = ""
    clock.set_to(line.next_attempt_at)
    assert send_mails() == 1
    assert f"#redemption-{redemption.id}" in receiver.mails[0].get_content()


def test_a_refused_redemption_writes_no_mail(receiver, shop):
    with pytest.raises(Exception, match="to go"):
        shop.redeem(shop.ada, shop.add(points_cost=999))
    assert send_mails() == 0
    assert told(shop.bo) == []


def test_the_same_key_writes_one_mail(receiver, shop):
    bottle = shop.add()
    for _ in range(3):
        shop.redeem(shop.ada, bottle, "k")
    assert send_mails() == 1
    assert len(told(shop.bo)) == 1


def test_without_a_coach_at_work_the_admins_are_told(receiver, shop):
    bottle = shop.add()
    shop.redeem(shop.cy, bottle)
    with db.write():
        disable_user(user_id=shop.bo, actor_id=shop.dee)
    shop.redeem(shop.ada, bottle)
    assert send_mails() == 2
    assert receiver.recipients == ["dee@example.com"] * 2
    assert "https://rewards.example.org/admin/redemptions#redemption-1" in receiver.mails[0].get_content()
    assert "https://rewards.example.org/admin/account" in receiver.mails[0].get_content()
    assert [kind for kind, _ in told(shop.dee)] == ["redemption_requested"] * 2


def test_whoever_wants_no_such_mails_gets_none_and_finds_it_on_their_pages(receiver, shop):
    with db.write():
        change_preferences(user_id=shop.bo, redemption_mail="off")
    redemption = shop.redeem(shop.ada, shop.add(name="Jug"))
    assert send_mails() == 0
    about = {"redemption_id": redemption.id, "reward": "Jug", "points": 50, "client_id": shop.ada}
    assert told(shop.bo) == [("redemption_requested", about)]


def test_what_is_settled_already_or_anothers_by_now_is_not_mailed_any_more(receiver, shop):
    bottle = shop.add()
    shop.fulfil(shop.redeem(shop.ada, bottle))
    shop.redeem(shop.ada, bottle)
    with db.write():
        reassign_coach(user_id=shop.ada, coach_id=None, actor_id=shop.dee)
    send_mails()
    with db.read():
        assert {line.state for line in mails() if line.kind == "redemption"} == {"dropped"}


def test_a_client_is_told_what_became_of_it_and_the_coach_what_came_to_nothing(shop, clock):
    bottle = shop.add(name="Jug", points_cost=10, valid_days=1)
    shop.fulfil(shop.redeem(shop.ada, bottle), note="At the desk")
    shop.reject(shop.redeem(shop.ada, bottle), reason="None here")
    shop.cancel(shop.redeem(shop.ada, bottle))
    shop.redeem(shop.ada, bottle)
    clock.set_to(NOON + timedelta(days=3))
    assert expire_due() == 1
    settled = [about for kind, about in reversed(told(shop.ada)) if kind == "redemption_settled"]
    assert [(one["outcome"], one.get("note")) for one in settled] == [
        ("fulfilled", "At the desk"),
        ("rejected", "None here"),
        ("expired", None),
    ]
    seen = [about for kind, about in reversed(told(shop.bo)) if kind == "redemption_settled"]
    assert [(one["outcome"], one["client_id"]) for one in seen] == [("cancelled", shop.ada), ("expired", shop.ada)]


def test_a_client_is_mailed_what_others_made_of_it_and_where_to_say_that_they_want_no_such_mails(receiver, shop):
    bottle = shop.add(name="Jug", points_cost=10)
    shop.fulfil(shop.redeem(shop.ada, bottle), note="At the desk")
    shop.reject(shop.redeem(shop.ada, bottle), reason="None here")
    shop.cancel(shop.redeem(shop.ada, bottle))
    undone = shop.redeem(shop.ada, bottle)
    shop.fulfil(undone)
    shop.reopen(undone)
    with db.write():
        change_preferences(user_id=shop.cy, outcome_mail=False)
    shop.fulfil(shop.redeem(shop.cy, bottle), by=shop.dee)
    send_mails()
    mails = [mail for mail, to in zip(receiver.mails, receiver.recipients, strict=True) if to[:2] not in ("bo", "de")]
    assert [mail["Subject"] for mail in mails] == ["Jug is yours", "Jug was turned down", "Jug is on its way again"]
    assert "Bo writes: At the desk" in mails[0].get_content()
    assert "https://rewards.example.org/client/redemptions/1" in mails[0].get_content()
    assert "10 points came back to you." in mails[1].get_content()
    assert all("https://rewards.example.org/client/settings" in mail.get_content() for mail in mails)
    # What switches this off leaves every other mail alone.
    with db.write():
        change_preferences(user_id=shop.ada, outcome_mail=False, campaign_mail=False)
        ask_for_reset(email="ada@example.com")
        ask_to_verify(user_id=shop.ada)
    assert send_mails() == 2


def test_what_is_undone_and_done_again_is_told_each_time(shop, clock):
    redemption = shop.redeem(shop.ada, shop.add())
    for minute, deed in enumerate((shop.fulfil, shop.reopen, shop.fulfil)):
        clock.set_to(NOON + timedelta(minutes=minute))
        deed(redemption)
    assert [about["outcome"] for _, about in told(shop.ada)] == ["fulfilled", "reopened", "fulfilled"]


def test_what_is_too_late_expires_by_itself(shop, clock):
    shop.redeem(shop.ada, shop.add(valid_days=1))
    (job,) = [job for job in TIMETABLE if job.name == "expire"]
    assert job.waits_when_clock_moved
    clock.set_to(NOON + timedelta(days=3))
    assert job.work() == 1
    with db.read():
        assert sql.rows("SELECT status FROM redemptions") == [("expired",)]


def test_once_a_day_is_one_mail_of_each_morning_about_everything_that_waits(receiver, shop, clock):
    with db.write():
        change_preferences(user_id=shop.bo, redemption_mail="daily")
        change_preferences(user_id=shop.ada, outcome_mail=False)
    bottle = shop.add(name="Bottle")
    first = shop.redeem(shop.ada, bottle)
    shop.redeem(shop.ada, shop.add(name="Jug"))
    (job,) = [job for job in TIMETABLE if job.name == "digests"]
    assert [job.work() for _ in range(3)] == [1, 0, 0]
    assert send_mails() == 1
    (mail,) = receiver.mails
    assert mail["Subject"] == "2 rewards wait for you at Laurel"
    assert "- Ada: Bottle, since 4 March\r\n- Ada: Jug, since 4 March\r\n" in mail.get_content()
    assert "https://rewards.example.org/coach/redemptions" in mail.get_content()
    # The next day of Bo's has begun, and it is not yet morning there.
    clock.set_to(NOON.replace(hour=5, minute=59) + timedelta(days=1))
    assert job.work() == 0
    clock.set_to(NOON.replace(hour=6) + timedelta(days=1))
    shop.fulfil(first)
    assert job.work() == 1
    assert send_mails() == 1
    assert receiver.mails[-1]["Subject"] == "1 reward waits for you at Laurel"


def test_nothing_that_waits_is_no_mail_and_an_admin_hears_only_of_clients_without_a_coach(receiver, shop):
    with db.write():
        for user_id in (shop.bo, shop.dee):
            change_preferences(user_id=user_id, redemption_mail="daily")
        change_preferences(user_id=shop.ada, outcome_mail=False)
    (job,) = [job for job in TIMETABLE if job.name == "digests"]
    assert job.work() == 0
    bottle = shop.add()
    shop.redeem(shop.cy, bottle)
    assert job.work() == 1
    mine = shop.redeem(shop.ada, bottle)
    assert job.work() == 1
    shop.fulfil(mine)
    assert send_mails() == 1
    assert receiver.recipients == ["dee@example.com"]
    assert "- Cy: " in receiver.mails[0].get_content()
    assert "Ada" not in receiver.mails[0].get_content()


def test_what_was_settled_is_off_the_bell_of_who_settles(shop):
    first, second = (shop.redeem(shop.ada, shop.add(name=name)) for name in ("Bottle", "Jug"))
    shop.fulfil(first)
    with db.read():
        assert [line.about["redemption_id"] for line in notices_of(shop.bo, seen=False)] == [second.id]
        assert notices_of(shop.ada, seen=False)
