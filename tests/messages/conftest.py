"""An installation that sends its mail to a server of the test's own."""

from collections.abc import Iterator

import pytest

from rewards.kit.installation import install
from rewards.kit.settings import load_settings
from tests.messages.servers import Received, mail_server


@pytest.fixture
def receiver(database, tmp_path) -> Iterator[Received]:
    with mail_server() as received:
        settings = {"LAUREL_DATA": str(tmp_path), "LAUREL_MAIL_URL": f"{received.url}?from=desk@example.org"}
        install(load_settings({**settings, "LAUREL_BASE_URL": "https://rewards.example.org"}))
        yield received
