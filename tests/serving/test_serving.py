"""The server as an operator meets it: one leader, a clear word, an end that loses nothing."""

import os
import subprocess
import sys
import threading
from collections import Counter
from http.client import HTTPConnection, HTTPException

import pytest

from tests.house.tree import ROOT
from tests.serving.servers import Server, serving, until

pytestmark = pytest.mark.xdist_group("servers")
CALLERS = 8


def test_a_server_says_where_it_serves_runs_the_timetable_and_ends_when_asked(tmp_path):
    with serving(tmp_path) as server:
        assert server.get("/login") == 200
        until(lambda: server.leads)
        server.ask_to_stop()
        assert server.process.wait(timeout=20) == 0
        assert not server.is_up()


def test_a_second_server_on_the_same_data_serves_without_jobs_until_the_first_is_gone(tmp_path):
    with serving(tmp_path) as first:
        until(lambda: first.leads)
        with serving(tmp_path) as second:
            assert second.get() == 200
            assert not second.leads
            first.kill()
            until(lambda: second.leads)
            assert second.get() == 200


def test_a_server_that_was_told_so_runs_no_jobs(tmp_path):
    with serving(tmp_path, LAUREL_JOBS="off") as server:
        assert server.get() == 200
        with serving(tmp_path) as other:
            until(lambda: other.leads)
        assert not server.leads


def test_a_taken_port_is_one_clear_line(tmp_path):
    with serving(tmp_path) as server:
        second = Server(tmp_path / "other", port=server.port)
        assert second.process.wait(timeout=30) == 1
        until(lambda: second.said)
        assert second.said == [f"laurel: port {server.port} of 127.0.0.1 is taken; choose another with --port"]


def test_nothing_serves_on_when_the_process_above_is_killed(tmp_path):
    with serving(tmp_path) as server:
        server.kill_the_one_above()
        until(lambda: not server.is_up())
        # The port and the lead are free for the next one.
        with serving(tmp_path) as successor:
            until(lambda: successor.leads)


def test_a_process_below_that_dies_is_started_again(tmp_path):
    with serving(tmp_path) as server:
        found = subprocess.run(["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True, check=True)
        subprocess.run(["kill", "-9", found.stdout.split()[0]], check=True)
        until(lambda: server.said.count(f"Laurel serves http://127.0.0.1:{server.port}") == 2)
        assert server.get() == 200


def test_a_request_that_has_begun_when_the_server_is_asked_to_stop_is_answered(tmp_path):
    with serving(tmp_path) as server:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
        body = b"email=nobody%40example.com&password=three+green+walnut+trees"
        connection.putrequest("POST", "/login")
        connection.putheader("Content-Type", "application/x-www-form-urlencoded")
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body[:10])
        # Somebody else's answer shows that the first part has long arrived.
        assert server.get() == 200
        server.ask_to_stop()
        until(lambda: not server.is_up())
        connection.send(body[10:])
        assert connection.getresponse().status < 500
        connection.close()
        assert server.process.wait(timeout=20) == 0


def test_under_load_no_answer_that_was_begun_is_cut_off_by_a_stop(tmp_path):
    ends: Counter[str] = Counter()

    def ask_again_and_again(server):
        while True:
            connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
            try:
                connection.connect()
            except OSError:
                return
            try:
                connection.request("GET", "/login")
                ends[str(connection.getresponse().status)] += 1
            except (OSError, HTTPException) as error:
                ends[type(error).__name__] += 1
            finally:
                connection.close()

    with serving(tmp_path) as server:
        threads = [threading.Thread(target=ask_again_and_again, args=(server,)) for _ in range(CALLERS)]
        for thread in threads:
            thread.start()
        until(lambda: ends["200"] > 50)
        server.ask_to_stop()
        assert server.process.wait(timeout=20) == 0
        for thread in threads:
            thread.join()
    # A connection on which nothing was read yet may be closed without a word, once for each caller: they ask the next server.
    # To them it ends, or is reset where what they had sent had arrived in the meantime.
    assert ends.pop("RemoteDisconnected", 0) + ends.pop("ConnectionResetError", 0) <= CALLERS
    assert set(ends) == {"200"}


def test_the_timetable_runs_alone_in_the_foreground_and_ends_when_asked(tmp_path):
    with serving(tmp_path, LAUREL_JOBS="off"), Server(tmp_path, words=("jobs",)).gone_afterwards() as clock:
        until(lambda: clock.leads)
        clock.ask_to_stop()
        assert clock.process.wait(timeout=20) == 0


def test_nonsense_in_the_environment_stops_the_start_with_one_line(tmp_path):
    server = Server(tmp_path, LAUREL_JOBS="perhaps")
    assert server.process.wait(timeout=30) == 1
    until(lambda: server.said)
    assert server.said == ["laurel: LAUREL_JOBS is 'perhaps'; expected is on or off"]


def test_a_key_that_could_be_guessed_stops_the_start_with_one_line(tmp_path):
    (tmp_path / "secret_key").write_text("secret")
    server = Server(tmp_path)
    assert server.process.wait(timeout=30) == 1
    until(lambda: server.said)
    assert len(server.said) == 1
    assert "secret_key holds 6 characters" in server.said[0]


def test_the_package_is_a_program_too():
    asked = [sys.executable, "-m", "rewards", "--version"]
    assert "laurel, version" in subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_a_desk_without_an_admin_says_at_each_start_where_to_set_it_up_and_then_no_more(tmp_path):
    with serving(tmp_path) as server:
        (told,) = [line for line in server.said if "/setup?token=" in line]
        address = told.split(f"http://127.0.0.1:{server.port}")[1]
        assert server.get(address) == 200
        assert server.get(f"{address}x") != 200
    added = subprocess.run(
        [sys.executable, "-m", "rewards", "create-admin", "dee@example.com"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LAUREL_DATA": str(tmp_path)},
        input="three quiet garden walls\n",
        text=True,
        capture_output=True,
        check=False,
    )
    assert added.returncode == 0, added.stderr
    with serving(tmp_path) as server:
        assert not [line for line in server.said if "/setup" in line]
        assert server.get(address) == 404
