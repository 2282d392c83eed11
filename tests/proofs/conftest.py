"""What the proofs share: a furnished house, whose servers are stopped however the test ends."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.proofs.house import House, furnish

Furnish = Callable[..., House]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What exists in the long form only is not part of the short one; it is not missing there either."""
    if not config.getoption("--proof"):
        longer = [item for item in items if item.get_closest_marker("proof")]
        items[:] = [item for item in items if item not in longer]
        config.hook.pytest_deselected(items=longer)


@pytest.fixture
def furnished(database_url: str, tmp_path: Path) -> Iterator[Furnish]:
    """Makes a house with a programme, on SQLite and on PostgreSQL."""
    houses: list[House] = []

    def make(**programme: Any) -> House:
        houses.append(furnish(database_url, tmp_path, **programme))
        return houses[-1]

    yield make
    for house in houses:
        for server in house.servers:
            server.kill()
