"""Waitlists and their campaigns for other systems: joining, verifying, where somebody stands, the board, codes, and who gets what."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from rewards.api.door import door, write_once
from rewards.api.external.users import Email
from rewards.api.values import ID, Limit, Line, Moment, Shown, Told, moment, no_default
from rewards.campaigns import places
from rewards.campaigns.counting_winners import resolve_and_count
from rewards.campaigns.joining import ALREADY_IN, join
from rewards.campaigns.places import Placed
from rewards.campaigns.referring import check_code
from rewards.campaigns.standings import Standing, campaign_named, campaign_to_show, standing_of, subscriber_on, waitlist_named
from rewards.campaigns.verifying_addresses import verify_address
from rewards.integrations.answers import Answer
from rewards.integrations.keys import Caller
from rewards.integrations.permissions import Permission

TAG = "Campaigns"
SOURCE = "api"
EXAMPLE: JsonDict = {
    "email": "ada@example.com",
    "name": "Ada",
    "referral_code": "k7m2p9xw",
    "source": "newsletter",
    "joined_at": "2026-11-20T18:30:00Z",
}


class NewSubscriber(Told):
    """Somebody who joins."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    email: Email
    name: Line | None = None
    # Whatever it is: a wrong code keeps nobody from joining.
    referral_code: str | None = Field(None, description="Of whoever brought them. A wrong one never keeps anybody from joining.")
    source: Line | None = Field(
        None, description=f"Where they came from, as the funnel counts it; `{SOURCE}` unless told. 64 characters are kept."
    )
    joined_at: Moment | None = Field(None, description="When they joined, if that was before; ties go to who was told first.")


class SubscriberShown(Shown):
    """Somebody on a waitlist."""

    id: int
    waitlist: str
    email: str
    name: str
    status: str = Field(examples=["active", "disqualified"])
    code: str = Field(description="What brings others here: `/r/CODE`.", examples=["k7m2p9xw"])
    joined_at: str
    verified_at: str | None
    campaign: str | None = Field(description="The key of the campaign that is played, or was played last.")
    place: int | None = Field(description="From 1; null where they have none.")
    score: int
    referrals: int = Field(description="How many that they brought count.")
    referral: str = Field(
        description="What became of the code they came with: `none`, `waiting` for a verified address and then for the end of the hold"
        " period, `held` for the coach's decision, `counted`, `uncounted`, `undone`; at joining also why it brings nobody anything, such as"
        " `unknown_code`.",
        examples=["waiting"],
    )


class PlaceShown(Shown):
    """A place on the board."""

    place: int
    id: int
    name: str = Field(description="As they chose to be named to others.")
    score: int
    referrals: int


class BoardShown(Shown):
    """A part of the board as it stands now."""

    items: list[PlaceShown]
    total: int = Field(description="How many have a place.")


class BoardAsked(Told):
    """Which part of the board is wanted."""

    limit: Limit = 50
    around: Annotated[str, Field(pattern=ID)] = Field(
        "", description="The id of a subscriber: they and those next to them.", json_schema_extra=no_default
    )


class CodeShown(Shown):
    """Whether somebody who joined with this code now would count for whoever has it."""

    valid: bool
    reason: str | None = Field(description="Why not.", examples=["unknown_code"])
    referrer_name: str | None = Field(description="As they chose to be named to others.")


class RewardResolved(Shown):
    """What resolving came to for one reward."""

    reward: str = Field(description="Its key.")
    new: int = Field(description="How many have earned it by this.")
    granted: int = Field(description="How many have it now.")


class ResolutionShown(Shown):
    """Who gets what was decided for a whole campaign."""

    campaign: str
    rewards: list[RewardResolved]


@door.post("/waitlists/<waitlist>/subscribers", tag=TAG, permission=Permission.CAMPAIGNS_WRITE, answers={201: SubscriberShown})
def add_subscriber(caller: Caller, waitlist: str, body: NewSubscriber) -> Answer:
    """Put somebody on a waitlist. They are mailed a link to verify their address; who is in already is answered as they stand."""

    def work(key: str | None) -> Answer:
        found = waitlist_named(waitlist)
        joined = join(
            waitlist_id=found.id,
            email=body.email,
            name=body.name or "",
            code=body.referral_code,
            source=body.source or SOURCE,
            joined_at=body.joined_at,
        )
        standing = standing_of(subscriber_on(found.id, joined.subscriber_id))
        outcome = standing.referral if joined.referral == ALREADY_IN else joined.referral
        return Answer(201, _told(waitlist, standing) | {"referral": outcome})

    return write_once(caller, "waitlists/subscribers", [waitlist, body.model_dump(mode="json")], work)


@door.get(
    "/waitlists/<waitlist>/subscribers/<int:subscriber_id>", tag=TAG, permission=Permission.CAMPAIGNS_READ, answers={200: SubscriberShown}
)
def show_subscriber(caller: Caller, waitlist: str, subscriber_id: int) -> Answer:
    """Somebody on a waitlist, and where they stand now."""
    return Answer(200, _told(waitlist, standing_of(subscriber_on(waitlist_named(waitlist).id, subscriber_id))))


@door.post(
    "/waitlists/<waitlist>/subscribers/<int:subscriber_id>/verification",
    tag=TAG,
    permission=Permission.CAMPAIGNS_WRITE,
    answers={200: SubscriberShown},
)
def verify_subscriber(caller: Caller, waitlist: str, subscriber_id: int) -> Answer:
    """Say that the address is theirs, as their own click would. What waited for it counts from now on; a second time nothing happens."""

    def work(key: str | None) -> Answer:
        found = subscriber_on(waitlist_named(waitlist).id, subscriber_id)
        return Answer(200, _told(waitlist, standing_of(verify_address(subscriber_id=found.id))))

    return write_once(caller, "waitlists/verification", [waitlist, subscriber_id], work)


@door.get("/waitlists/<waitlist>/leaderboard", tag=TAG, permission=Permission.CAMPAIGNS_READ, answers={200: BoardShown})
def show_leaderboard(caller: Caller, waitlist: str, query: BoardAsked) -> Answer:
    """The board of the campaign that is played, or was played last, from its top or around somebody; exact at this moment."""
    found = waitlist_named(waitlist)
    around = subscriber_on(found.id, int(query.around)) if query.around else None
    campaign = campaign_to_show(found.id)
    if campaign is None:
        return Answer(200, {"items": [], "total": 0})
    if around is not None:
        rows = places.around(campaign.id, around.id, each_side=(query.limit - 1) // 2)
    else:
        rows = places.top(campaign.id, query.limit)
    return Answer(200, {"items": [_place(row) for row in rows], "total": places.total(campaign.id)})


@door.get("/waitlists/<waitlist>/referral-codes/<code>", tag=TAG, permission=Permission.CAMPAIGNS_READ, answers={200: CodeShown})
def show_code(caller: Caller, waitlist: str, code: str) -> Answer:
    """Whether a code would count for somebody who joined with it now."""
    check = check_code(waitlist_id=waitlist_named(waitlist).id, code=code)
    return Answer(200, {"valid": check.valid, "reason": check.reason or None, "referrer_name": check.referrer_name or None})


@door.post("/campaigns/<campaign>/resolution", tag=TAG, permission=Permission.CAMPAIGNS_WRITE, answers={200: ResolutionShown})
def resolve_rewards(caller: Caller, campaign: str) -> Answer:
    """Let everybody who meets a reward's condition have it, as far as there is any left. Nobody gets it twice."""

    def work(key: str | None) -> Answer:
        resolved = resolve_and_count(campaign_id=campaign_named(campaign).id)
        rewards = [{"reward": one.reward, "new": one.new, "granted": one.granted} for one in resolved]
        return Answer(200, {"campaign": campaign, "rewards": rewards})

    return write_once(caller, "campaigns/resolution", campaign, work)


def _told(waitlist: str, standing: Standing) -> dict[str, Any]:
    one = standing.subscriber
    return {
        "id": one.id,
        "waitlist": waitlist,
        "email": one.email,
        "name": one.name,
        "status": one.status,
        "code": one.code,
        "joined_at": moment(one.joined_at),
        "verified_at": moment(one.verified_at),
        "campaign": standing.campaign.key if standing.campaign else None,
        "place": standing.place,
        "score": standing.score,
        "referrals": standing.referrals,
        "referral": standing.referral,
    }


def _place(row: Placed) -> dict[str, Any]:
    return {"place": row.place, "id": row.subscriber_id, "name": row.name, "score": row.score, "referrals": row.referrals}
