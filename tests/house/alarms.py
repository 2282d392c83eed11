"""Shows at the end of a run what the smoke alarms printed, because pytest keeps the output of passing tests to itself."""

import pytest

SMOKE_ALARMS = "tests/house/test_smoke_alarms.py"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write the alarms, if this run looked for them and found any."""
    for report in terminalreporter.stats.get("passed", []):
        if report.nodeid.startswith(SMOKE_ALARMS) and report.capstdout:
            terminalreporter.section("smoke alarms")
            terminalreporter.write(report.capstdout)
