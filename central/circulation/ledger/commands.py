"""Chores of the ledger: `shuwu-central fee …`, `shuwu-central amnesty …` and `shuwu-central terms …`."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import click

from central.circulation.ledger.counter import Yuan, counter, done, with_branch
from central.circulation.ledger.yuan import yuan
from central.config import Config
from central.options import with_config

DAY = click.DateTime(["%Y-%m-%d"])
METHODS = click.Choice(["cash", "wechat", "alipay", "card", "other"])


# ---------------------------------------------------------------- fees
@click.group()
def fee() -> None:
    """What readers owe, and what they have paid."""


@fee.command(name="list")
@with_config
@click.argument("card")
def fee_list(config: Config, card: str) -> None:
    """What is open: number, kind, what is open, of how much, item, note."""
    from central.circulation.ledger import books

    with counter(config) as at:
        for one in books.open_fees(at.cursor, card):
            words = (str(one.id), one.kind, yuan(one.open_fen), yuan(one.amount_fen), one.barcode, one.note)
            click.echo("\t".join(words))


@fee.command(name="add")
@with_config
@with_branch
@click.argument("card")
@click.argument("kind", type=click.Choice(["damage", "card", "other"]))
@click.argument("amount_fen", type=Yuan(), metavar="YUAN")
@click.option("--item", default="", help="Barcode of what it is for.")
@click.option("--note", default="")
def fee_add(config: Config, branch: str, card: str, kind: str, amount_fen: int, item: str, note: str) -> None:
    """Charge a fee."""
    from central.circulation.ledger import fees

    with counter(config, branch) as at:
        made = done(fees.charge(at.cursor, at.desk, card, kind, amount_fen, barcode=item, note=note))
    click.echo(f"fee {made.id}")


@fee.command(name="lost")
@with_config
@with_branch
@click.argument("barcode")
@click.option("--processing", type=Yuan(), default=0, metavar="YUAN", help="On top of the price.")
def fee_lost(config: Config, branch: str, barcode: str, processing: int) -> None:
    """Write an item off as lost; who has it on loan owes its price."""
    from central.circulation.ledger import losses

    with counter(config, branch) as at:
        made = done(losses.declare(at.cursor, at.desk, barcode, processing_fen=processing))
    click.echo(f"fee {made.id}: {yuan(made.amount_fen)}" if made else "nobody owes anything")


@fee.command(name="pay")
@with_config
@with_branch
@click.argument("card")
@click.argument("amount_fen", type=Yuan(), metavar="YUAN")
@click.option("--method", type=METHODS, default="cash", show_default=True)
@click.option("--number", default=None, help="The payment's number at who took the money: booked once.")
@click.option("--fee", "fee_id", type=int, default=None, help="One fee; without it the oldest first.")
def fee_pay(
    config: Config,
    branch: str,
    card: str,
    amount_fen: int,
    method: str,
    number: str | None,
    fee_id: int | None,
) -> None:
    """Book a payment."""
    from central.circulation.ledger import payments

    with counter(config, branch) as at:
        paid = done(
            payments.pay(
                at.cursor, at.desk, card, amount_fen, method=method, provider_id=number, fee_id=fee_id
            )
        )
    again = ", booked before" if paid.again else ""
    click.echo(f"payment {paid.payment}{again}; open: {yuan(paid.open_fen)}")


@fee.command(name="waive")
@with_config
@with_branch
@click.argument("number", type=int)
@click.argument("reason")
@click.option("--amount", "amount_fen", type=Yuan(), default=None, metavar="YUAN", help="Not all of it.")
def fee_waive(config: Config, branch: str, number: int, reason: str, amount_fen: int | None) -> None:
    """Forgive a fee; NUMBER is of `fee list`."""
    from central.circulation.ledger import fees

    with counter(config, branch) as at:
        waived = done(fees.waive(at.cursor, at.desk, number, reason, amount_fen))
    click.echo(f"forgiven: {yuan(waived.amount_fen)}")


@fee.command(name="forgiven")
@with_config
@click.option("--from", "first", type=DAY, required=True)
@click.option("--to", "last", type=DAY, required=True, help="The last day, whole.")
def fee_forgiven(config: Config, first: datetime, last: datetime) -> None:
    """What was forgiven: when, by whom, fee, card, kind, how much, amnesty, why."""
    from central.circulation.ledger import books

    with counter(config) as at:
        zone = at.desk.now.tzinfo
        first_ms, after_ms = (
            round(day.replace(tzinfo=zone).timestamp() * 1000) for day in (first, last + timedelta(days=1))
        )
        for one in books.forgiven(at.cursor, first_ms, after_ms):
            when = datetime.fromtimestamp(one.at_ms / 1000, zone).isoformat(timespec="seconds")
            amnesty = f"#{one.amnesty}" if one.amnesty else "-"
            about = (str(one.fee), one.card or "-", one.kind, yuan(one.amount_fen))
            click.echo("\t".join((when, one.staff, *about, amnesty, one.reason)))


@fee.command(name="refund")
@with_config
@with_branch
@click.argument("number", type=int)
@click.argument("amount_fen", type=Yuan(), metavar="YUAN")
@click.argument("reason")
@click.option("--method", type=METHODS, default="cash", show_default=True)
def fee_refund(config: Config, branch: str, number: int, amount_fen: int, reason: str, method: str) -> None:
    """Give back what was paid for a fee that was not owed."""
    from central.circulation.ledger import payments

    with counter(config, branch) as at:
        paid = done(payments.refund(at.cursor, at.desk, number, amount_fen, method=method, reason=reason))
    click.echo(f"payment {paid.payment}: {yuan(paid.amount_fen)}")


# ---------------------------------------------------------------- amnesties
@click.group()
def amnesty() -> None:
    """Days on which late returns cost nothing, or less."""


@amnesty.command(name="add")
@with_config
@click.option("--from", "first", type=DAY, required=True)
@click.option("--to", "last", type=DAY, required=True)
@click.option("--reason", required=True, help="As readers and staff will read it.")
@click.option("--branch", default=None, help="Brought back there or below it; without it anywhere.")
@click.option("--type", "reader_type", default=None, help="Id of a reader type; without it every type.")
@click.option("--percent", type=click.IntRange(1, 100), default=100, show_default=True)
def amnesty_add(
    config: Config,
    first: datetime,
    last: datetime,
    reason: str,
    branch: str | None,
    reader_type: str | None,
    percent: int,
) -> None:
    """Begin one."""
    from central.circulation.ledger import amnesties
    from central.circulation.ledger.models import ReaderType

    with counter(config, branch or "") as at:
        if reader_type is not None and at.session.get(ReaderType, reader_type) is None:
            raise click.ClickException(f"unknown reader type {reader_type}")
        new = amnesties.NewAmnesty(first.date(), last.date(), reason, branch, reader_type, percent)
        try:
            number = amnesties.grant(at.cursor, at.desk, new)
        except ValueError as cause:
            raise click.ClickException(str(cause)) from None
        due = amnesties.preview(at.cursor, number)
    click.echo(
        f"amnesty {number}; open fees that `amnesty forgive` would take: {due.fees}, {yuan(due.amount_fen)}"
    )


@amnesty.command(name="list")
@with_config
def amnesty_list(config: Config) -> None:
    """Number, days, branch, reader type, percent, fees forgiven, how much, who, reason."""
    from central.circulation.ledger import amnesties

    with counter(config) as at:
        for one in amnesties.listing(at.cursor):
            days = f"{one.first_on}…{one.last_on}" + (" ended" if one.ended_ms else "")
            where = (one.branch or "*", one.reader_type or "*", f"{one.percent}%")
            click.echo(
                "\t".join(
                    (str(one.id), days, *where, str(one.fees), yuan(one.amount_fen), one.staff, one.reason)
                )
            )


@amnesty.command(name="forgive")
@with_config
@click.argument("number", type=int)
@click.option("--apply", "applied", is_flag=True, help="Do it; without this it is only counted.")
def amnesty_forgive(config: Config, number: int, applied: bool) -> None:
    """Forgive overdue fees that are open already, as the amnesty forgives others."""
    from central.circulation.ledger import amnesties

    with counter(config) as at:
        if applied:
            waived = amnesties.forgive_open(at.cursor, at.desk, number)
        else:
            waived = amnesties.preview(at.cursor, number)
    click.echo(f"{waived.fees} fees, {yuan(waived.amount_fen)}")
    if not applied:
        click.echo("nothing was forgiven; --apply forgives it")


@amnesty.command(name="end")
@with_config
@click.argument("number", type=int)
def amnesty_end(config: Config, number: int) -> None:
    """End one before its last day."""
    from central.circulation.ledger import amnesties

    with counter(config) as at:
        if not amnesties.end(at.cursor, at.desk, number):
            raise click.ClickException(f"no amnesty {number} runs")


# ---------------------------------------------------------------- terms
@click.group()
def terms() -> None:
    """What readers agree to."""


@terms.command(name="publish")
@with_config
@click.argument("version")
@click.argument("chinese", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("english", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option("--from", "first", type=DAY, required=True, help="In force from this day on.")
def terms_publish(config: Config, version: str, chinese: Path, english: Path | None, first: datetime) -> None:
    """Enter a version from a text file in each language."""
    from central.circulation.ledger import terms as versions

    zh, en = chinese.read_text(encoding="utf-8"), english.read_text(encoding="utf-8") if english else ""
    with counter(config) as at:
        if not versions.publish(at.cursor, at.desk, versions.Text(version, first.date(), zh, en)):
            raise click.ClickException(f"there is a version {version}, and it stays as it is")


@terms.command(name="show")
@with_config
def terms_show(config: Config) -> None:
    """How many readers accepted which version last, and the one in force."""
    from central.circulation.ledger import terms as versions

    with counter(config) as at:
        for version, number in versions.acceptances(at.cursor):
            click.echo(f"{version or '-'}\t{number}")
        click.echo(f"in force: {versions.version(at.cursor, at.desk.today) or '-'}")


CHORES: tuple[click.Command, ...] = (fee, amnesty, terms)
