"""An answered award survives a power cut as far as software can see to it: every commit waits until the disk has it.

A killed process does not show this, because what it wrote stays with the system; so the calls that wait for the disk are counted.
"""

import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.programmes import workout
from tests.proofs.house import House
from tests.proofs.server import broken

AWARDS = 100
# Of the journal, because that is what a commit is written to. A call that another thread interrupts is told in two lines, and only
# the first names the file.
SYNC = re.compile(r"fdatasync\(\d+<[^>]*laurel\.db-wal>")


def syncs_of_awards(house: House, trace: Path, **how) -> int:
    """How often the journal was brought to the disk while so many awards were made one after the other."""
    if not shutil.which("strace"):
        missing("strace")
    [person] = house.settle_people(1)
    above = ("strace", "-D", "-f", "-y", "-e", "trace=fdatasync", "-o", str(trace))
    server = house.serve(above=above, jobs=False, **how)
    event = {"user": str(person), "action": "logged", "object_type": "workout"}
    with server.line(house.shop) as line:
        # The first one of all stores too when the shop was seen.
        assert line.post("/events", event, "first").status == 201
        before = len(SYNC.findall(trace.read_text()))
        for number in range(AWARDS):
            assert line.post("/events", event, f"{number}").status == 201
        after = len(SYNC.findall(trace.read_text()))
    server.kill()
    print(f"{after - before} syncs for {AWARDS} awards")
    return after - before


@pytest.mark.proof
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_award_waits_until_the_disk_has_it(furnished, tmp_path):
    house = furnished(activities=[workout()])
    assert syncs_of_awards(house, tmp_path / "trace") >= AWARDS


@pytest.mark.proof
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_build_that_does_not_wait_is_noticed(furnished, tmp_path):
    house = furnished(activities=[workout()])
    assert syncs_of_awards(house, tmp_path / "trace", program=broken("commits_do_not_wait_for_the_disk")) < AWARDS
