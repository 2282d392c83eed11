"""Whatever is sent, the API does what its description says and never fails."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from rewards.campaigns.joining import join
from rewards.kit import sql
from rewards.people.models import User
from rewards.programme.changing import change_programme
from rewards.programme.document import ProgrammeDocument
from rewards.shop.documents import RewardDocument
from rewards.shop.offering import store_new
from tests.programme.test_campaigning import CAMPAIGN, SPRING

CONFIGURATION = """
[parameters]
service_id = "{service_id}"
[auth.openapi.key]
bearer = "{key}"
[auth.openapi.service]
api_key = "{service_id}"
"""


@pytest.fixture
def address(database, cast, app):
    """The API on a port of its own, with a client, a reward and a waitlist with a campaign that the description's examples name."""
    with database.write() as session:
        session.get(User, cast.ada).external_id = "abc"
        store_new(RewardDocument.model_validate({"key": "gift", "points_cost": 0, "stock": 2, "payload": {"shelf": 4}}), None, None)
        document = ProgrammeDocument.model_validate({"waitlists": [SPRING | {"campaign": CAMPAIGN | {"status": "live"}}]})
        change_programme(document=document, actor_id=None)
        join(waitlist_id=sql.value("SELECT id FROM waitlists"), email="first@example.com")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_every_request_is_answered_as_described(database, address, shop, tmp_path, proof):
    # The second kind of database answers the same requests in every run of the suite, and chance has its turn in the long form.
    phases = "examples,coverage,fuzzing,stateful" if proof or database.dialect == "sqlite" else "examples,coverage"
    configuration = tmp_path / "schemathesis.toml"
    configuration.write_text(CONFIGURATION.format(service_id=shop.service_id, key=shop.key))
    checked = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            f"--config-file={configuration}",
            "run",
            f"{address}/api/v1/openapi.json",
            "--checks=all",
            f"--phases={phases}",
            f"--max-examples={200 if proof else 3}",
            # A seed of its own in each long run; in the suite the same requests each time.
            *([] if proof else ["--seed=1"]),
            # How fast a busy machine answers is nothing to learn here.
            "--suppress-health-check=all",
            "--request-timeout=60",
            "--no-color",
        ],
        cwd=tmp_path,
        env=os.environ | {"SCHEMATHESIS_HOOKS": "tests.api.fuzzing", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    # What it prints ends with the seed that brings a failure back.
    assert checked.returncode == 0, checked.stdout + checked.stderr
