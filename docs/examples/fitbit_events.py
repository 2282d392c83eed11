"""Turns an export of daily activity from Fitbit trackers into people and events that Laurel can import.

The export is `dailyActivity_merged.csv` of the public Fitbit Fitness Tracker Data (Furberg et al., 2016, CC0): one line for each
person and day, its dates as month/day/year with or without leading zeros.

    python docs/examples/fitbit_events.py users FILE > users.sh      then: sh users.sh
    laurel config import docs/examples/fitbit_programme.yaml
    python docs/examples/fitbit_events.py events FILE > events.csv   then: laurel import events events.csv

Importing a second time adds nothing.
"""

import argparse
import csv
import shlex
import sys
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

# Steps are counted until midnight; the total is known in the evening, and this belongs to the same day in every season.
EVENING = time(21)
NUMBERS = {
    "steps": "TotalSteps",
    "distance": "TotalDistance",
    "very_active_minutes": "VeryActiveMinutes",
    "fairly_active_minutes": "FairlyActiveMinutes",
    "lightly_active_minutes": "LightlyActiveMinutes",
    "calories": "Calories",
}


def day_of(row: dict[str, str]) -> date:
    """The day of a line: 04/12/2016 and 4/12/2016 are the same."""
    month, day, year = row["ActivityDate"].split("/")
    return date(int(year), int(month), int(day))


def plain(number: str) -> str:
    """13162.00 is 13162."""
    return f"{Decimal(number).normalize():f}"


def users(rows: list[dict[str, str]], zone: str) -> Iterator[str]:
    """A command for each person; they joined on their first day."""
    first_days: dict[str, date] = {}
    for row in rows:
        first_days[row["Id"]] = min(day_of(row), first_days.get(row["Id"], date.max))
    for tracker, joined_on in sorted(first_days.items()):
        command = ["laurel", "users", "add", f"{tracker}@fitbit.example", "--role", "client", "--name", f"Tracker {tracker}"]
        command += ["--timezone", zone, "--joined-on", joined_on.isoformat(), "--external-id", tracker]
        # Without the last part, the command would take the next line of this very script for a password.
        yield f"{shlex.join(command)} </dev/null\n"


def events(rows: list[dict[str, str]], zone: str) -> Iterator[dict[str, str]]:
    """An event for each person and day; what was measured goes into its metadata."""
    for row in rows:
        moment = datetime.combine(day_of(row), EVENING, ZoneInfo(zone))
        measured = {f"metadata.{name}": plain(row[column]) for name, column in NUMBERS.items()}
        who = {"user": f"ext:{row['Id']}", "action": "recorded", "object_type": "daily_steps"}
        yield {**who, "occurred_at": moment.isoformat(), **measured}


def main() -> None:
    """Write one of the two to standard output."""
    parser = argparse.ArgumentParser(description="Fitbit's daily activity as people and events for Laurel.")
    parser.add_argument("what", choices=["users", "events"])
    parser.add_argument("file", type=Path, help="the export, a CSV file")
    parser.add_argument("--timezone", default="UTC", help="where the trackers were worn (UTC)")
    arguments = parser.parse_args()
    with arguments.file.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if arguments.what == "users":
        sys.stdout.writelines(users(rows, arguments.timezone))
        return
    made = list(events(rows, arguments.timezone))
    writer = csv.DictWriter(sys.stdout, fieldnames=list(made[0]) if made else ["user", "action", "object_type"])
    writer.writeheader()
    writer.writerows(made)


if __name__ == "__main__":
    main()
