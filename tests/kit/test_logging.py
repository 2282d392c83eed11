"""Whatever a value holds, one event is one line of the log."""

import io
import json
import logging

import pytest
import structlog

from rewards.kit.logging import configure_logging


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def logging_as_before():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def test_a_line_break_in_a_value_begins_no_second_line_for_machines():
    stream = io.StringIO()
    configure_logging(stream=stream)
    structlog.get_logger().warning("sign-in refused\nforged", email="ada@example.org\r\n2027 admin signed in\u2028")
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line)["email"].startswith("ada@example.org")


def test_a_line_break_in_a_value_begins_no_second_line_on_a_terminal():
    stream = Terminal()
    configure_logging(stream=stream)
    structlog.get_logger().warning("refused\nforged", email="ada\r\nforged\x1b[2J")
    (line,) = stream.getvalue().splitlines()
    assert "\x1b[2J" not in line


def test_what_a_library_logs_has_the_same_form():
    stream = io.StringIO()
    configure_logging(stream=stream)
    try:
        raise RuntimeError("broken\nin two")
    except RuntimeError:
        logging.getLogger("some.library").exception("it %s", "failed")
    (line,) = stream.getvalue().splitlines()
    found = json.loads(line)
    assert found["event"] == "it failed"
    assert found["level"] == "error"
    assert "RuntimeError" in found["exception"]


def test_what_is_below_the_level_is_not_written():
    stream = io.StringIO()
    configure_logging(stream=stream)
    structlog.get_logger().debug("only when asked")
    logging.getLogger("apscheduler").info("chatter")
    assert stream.getvalue() == ""
