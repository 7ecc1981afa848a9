"""Chores of readers: `shuwu-central reader …`. The number of an ID card is asked for, never an argument."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from central.circulation.ledger.counter import counter, done, with_branch
from central.circulation.ledger.yuan import yuan
from central.config import Config
from central.options import with_config

if TYPE_CHECKING:
    from datetime import date

    from central.circulation.ledger.id_card import IdCard

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def reader() -> None:
    """Readers of the built-in ledger."""


@reader.command(name="add")
@with_config
@with_branch
@click.argument("name")
@click.option("--card", default="", help="Its number; without it one is minted.")
@click.option("--type", "type_id", required=True, help="Id of the reader type.")
@click.option("--phone", default="")
@click.option("--born", type=DAY, default=None)
@click.option("--guardian", default="", help="Card of the guardian.")
@click.option("--contact", default="", help="Who answers for an institution.")
@click.option("--expires", type=DAY, default=None, help="Without it by the reader type.")
@click.option("--id-card", "with_id_card", is_flag=True, help="Ask for the number of the ID card.")
@click.option("--pin", "with_pin", is_flag=True, help="Ask for a PIN.")
def reader_add(
    config: Config,
    branch: str,
    name: str,
    card: str,
    type_id: str,
    phone: str,
    born: datetime | None,
    guardian: str,
    contact: str,
    expires: datetime | None,
    with_id_card: bool,
    with_pin: bool,
) -> None:
    """Register a reader."""
    from central.circulation.ledger import pins, registration

    number = click.prompt("ID card", hide_input=True) if with_id_card else ""
    pin = pins.new(click.prompt("PIN", hide_input=True, confirmation_prompt=True)) if with_pin else None
    with counter(config, branch) as at:
        new = registration.Registration(
            name=name,
            card=card,
            type=type_id,
            pin=pin,
            id_card=_id_card(config, number, at.desk.today) if number else None,
            born_on=born.date() if born else None,
            phone=phone,
            remark=contact,
            guardian_card=guardian,
            expires_on=expires.date() if expires else None,
            by_staff=True,
        )
        made = done(registration.register(at.cursor, at.desk, new))
    click.echo(f"{made.card}\tgood until {made.expires_on}")


def _id_card(config: Config, number: str, today: date) -> IdCard:
    from central import keys
    from central.circulation.ledger import id_card

    read = id_card.read(number, keys.load(config.state).id_cards, today)
    if read is None:
        raise click.ClickException("that is no number of an ID card")
    return read


@reader.command(name="show")
@with_config
@click.argument("card")
def reader_show(config: Config, card: str) -> None:
    """What staff see of a reader."""
    from central.circulation.ledger import registration

    with counter(config) as at:
        known = done(registration.find(at.cursor, card=card))
    shown = {
        "card": known.card,
        "name": known.name,
        "type": known.type,
        "branch": known.branch,
        "good until": str(known.expires_on),
        "blocked": "yes" if known.blocked else "",
        "phone": known.phone,
        "ID card": f"…{known.id_last4}" if known.id_last4 else "",
        "guardian": known.guardian_card or "",
        "owes": yuan(known.fees_fen),
        "deposit": yuan(known.deposit_fen),
        "terms": known.terms_version,
    }
    for label, value in shown.items():
        if value:
            click.echo(f"{label}\t{value}")


@reader.command(name="block")
@with_config
@with_branch
@click.argument("card")
@click.option("--lost", is_flag=True, help="The reader has lost it.")
@click.option("--reason", default="", help="For the audit.")
@click.option("--until", type=DAY, default=None, help="Last day of the ban; without it until it is lifted.")
def reader_block(
    config: Config, branch: str, card: str, lost: bool, reason: str, until: datetime | None
) -> None:
    """Keep a card from all service."""
    from central.circulation.ledger import readers

    kind, last = "lost" if lost else "staff", until.date() if until else None
    with counter(config, branch) as at:
        done(readers.block_by_staff(at.cursor, at.desk, card, kind, reason, last))


@reader.command(name="unblock")
@with_config
@with_branch
@click.argument("card")
def reader_unblock(config: Config, branch: str, card: str) -> None:
    """Make a card good again, whoever blocked it."""
    from central.circulation.ledger import readers

    with counter(config, branch) as at:
        enabled = done(readers.enable(at.cursor, at.desk, card, by_staff=True))
    if not enabled.was_blocked:
        click.echo("it was not blocked")


@reader.command(name="history")
@with_config
@click.argument("card")
@click.argument("wish", type=click.Choice(["keep", "forget"]))
def reader_history(config: Config, card: str, wish: str) -> None:
    """Keep old loans for a reader who wants to see them, or let the clock forget them."""
    from central.circulation.ledger import readers

    with counter(config) as at:
        done(readers.keep_history(at.cursor, at.desk, card, keeps=wish == "keep"))


@reader.command(name="export")
@with_config
@click.argument("card")
def reader_export(config: Config, card: str) -> None:
    """Print all that central holds of a reader, as JSON. The audit notes that somebody looked."""
    from central import keys
    from central.circulation.ledger import audit
    from central.circulation.persons import access

    secrets = keys.load(config.state)
    with counter(config) as at:
        found = access.export(at.session, secrets, card)
        if found is None:
            raise click.ClickException("nobody has this card")
        audit.record(at.cursor, at.desk, "reader_exported", card)
    click.echo(access.write(found))


@reader.command(name="erase")
@with_config
@click.argument("card")
@click.confirmation_option(prompt="This cannot be undone. Forget this reader?")
def reader_erase(config: Config, card: str) -> None:
    """Forget a reader: see docs/privacy.md for what goes and what stays without a name."""
    from central import keys
    from central.circulation.persons.erasure import erase

    secrets = keys.load(config.state)
    with counter(config) as at:
        erased = done(erase(at.session, secrets, at.desk, card))
    click.echo(f"forgotten; {erased.loans} loans stay without a name")


CHORES: tuple[click.Command, ...] = (reader,)
