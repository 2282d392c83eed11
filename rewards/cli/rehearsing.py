"""`laurel rehearse`: what a changed programme would have paid for what really happened, against what was paid. It changes nothing."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import click
from rich.console import Console
from rich.table import Table

from rewards.activities.registry import registry_in_force
from rewards.cli.desk import open_desk
from rewards.cli.progress import progress
from rewards.earning.histories import Amounts
from rewards.kit import sql
from rewards.kit.database import db
from rewards.ledger.models import POINTS, XP
from rewards.ledger.money import amount_text
from rewards.programme.comparing import Report
from rewards.programme.reading import read_programme
from rewards.programme.rehearsing import DAYS_MAX, count_people, first_day_of, rehearse


@click.command("rehearse")
@click.argument("file", type=click.File("rb"))
@click.option("--days", type=click.IntRange(1, DAYS_MAX), default=30, show_default=True, help="How many days, today being the last.")
@click.option("--json", "as_document", is_flag=True, help="The report as one JSON document.")
@click.pass_context
def rehearse_(context: click.Context, file: BinaryIO, *, days: int, as_document: bool) -> None:
    """Say what the programme in FILE, merged into what is in force, would have paid; `-` is standard input.

    Exit code 0: just what was paid; 1: something else, or it was refused.
    """
    with open_desk():
        document = read_programme(file.read(), name=Path(file.name).name)
        with db.read():
            people = count_people(first_day_of(days))
        with progress("Rehearsing", people) as advance:
            report = rehearse(document=document, days=days, advance=advance)
        with db.read():
            names, word = _names(report), registry_in_force().settings.points_word
    if as_document:
        click.echo(json.dumps(_plain(report, names), ensure_ascii=False))
    else:
        _tell(report, names, word)
    context.exit(1 if report.difference or report.difference_since else 0)


def _names(report: Report) -> dict[int, str]:
    ids = sorted({one[0] for one in (*report.gainers, *report.losers)} | {one[0] for one in report.movers})
    return dict(sql.rows(f"SELECT id, email FROM users WHERE id IN ({sql.marks(ids)})", ids)) if ids else {}


def _plain(report: Report, names: Mapping[int, str]) -> dict[str, Any]:
    told = report.plain()
    for name in ("gainers", "losers"):
        told[name] = [{"user_id": user_id, "email": names.get(user_id), **amounts} for user_id, amounts in told[name]]
    told["movers"] = [{"user_id": user_id, "email": names.get(user_id), "now": now, "then": then} for user_id, now, then in told["movers"]]
    told["days"] = [{"day": day, "paid": paid, "today": today, "draft": draft} for day, (paid, today, draft) in sorted(report.days.items())]
    return {**told, "difference": report.difference, "difference_since": report.difference_since}


def _tell(report: Report, names: Mapping[int, str], word: str) -> None:
    click.echo(f"{_counted(report.events, 'event')} of {_counted(report.people, 'person', 'people')} since {report.first_day}.")
    if report.unlike:
        click.echo(f"{_counted(report.unlike, 'amount')} cannot be told again: what they depended on is not what it was.")
    if report.failed:
        click.echo(f"{_counted(report.failed, 'event')} could not be decided under the draft.")
    assets = sorted({*report.paid, *report.today, *report.draft, XP, POINTS}, key=lambda asset: (asset != XP, asset != POINTS, asset))
    columns = ("", "paid", "today's rules", "the draft", "difference")
    sides = (report.paid, report.today, report.draft)
    rows = [
        (_asset(asset, word), *(_amount(asset, side.get(asset, 0)) for side in sides), _signed(asset, report.difference.get(asset, 0)))
        for asset in assets
    ]
    _table(columns, rows)
    if report.difference_since:
        since = _amounts(report.difference_since, word)
        click.echo(f"Rules that changed since: {since}, for {_counted(report.touched_since, 'person', 'people')}.")
    click.echo(f"{_counted(report.gaining, 'person', 'people')} would gain, {report.losing:,} lose by the draft.")
    for who, amounts in (*report.gainers, *report.losers):
        click.echo(f"  {names.get(who, who)}: {_amounts(amounts, word)}")
    if report.up or report.down:
        click.echo(f"{report.up:,} would stand on a higher level, {report.down:,} on a lower one.")
        for who, now, then in report.movers:
            click.echo(f"  {names.get(who, who)}: level {now} to {then}")
    for key, number in report.gained.items():
        click.echo(f"{key}: {number:,} more would have it")
    for key, number in report.lost.items():
        click.echo(f"{key}: {number:,} fewer would have it")


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(box=None, pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left")
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, width=100).print(table)


def _amounts(amounts: Amounts, word: str) -> str:
    return ", ".join(f"{_signed(asset, amount)} {_asset(asset, word)}" for asset, amount in amounts.items())


def _asset(asset: str, word: str) -> str:
    return {XP: "XP", POINTS: word}.get(asset, asset)


def _amount(asset: str, amount: int) -> str:
    return f"{amount:,}" if asset in {XP, POINTS} else amount_text(asset, amount)


def _signed(asset: str, amount: int) -> str:
    return f"{'+' if amount > 0 else ''}{_amount(asset, amount)}"


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


COMMANDS = {"rehearse": rehearse_}
