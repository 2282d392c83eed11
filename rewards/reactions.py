"""Who listens to whom, in the order in which it happens: the only module that knows."""

from collections.abc import Mapping, Sequence

from rewards.earning.logins import record_daily_logins
from rewards.kit.announcing import Reaction
from rewards.people.facts import SignedIn

REACTIONS: Mapping[type, Sequence[Reaction]] = {
    SignedIn: (record_daily_logins,),
}
