"""Every table of the product, for migrations and checks of the schema."""

from rewards.achievements import models as achievements
from rewards.activities import models as activities
from rewards.campaigns import board_models, reward_models, scoring_models, subscriber_models
from rewards.campaigns import models as campaigns
from rewards.circles import models as circles
from rewards.earning import models as earning
from rewards.integrations import models as integrations
from rewards.kit import job_runs, taken_ids
from rewards.kit.database import Model
from rewards.ledger import models as ledger
from rewards.levels import models as levels
from rewards.messages import models as messages
from rewards.people import models as people
from rewards.shop import models as shop
from rewards.streaks import models as streaks

PACKAGES = (
    people,
    ledger,
    activities,
    levels,
    streaks,
    achievements,
    earning,
    circles,
    shop,
    campaigns,
    subscriber_models,
    scoring_models,
    board_models,
    reward_models,
    messages,
    integrations,
    job_runs,
    taken_ids,
)
METADATA = Model.metadata
