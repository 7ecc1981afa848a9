"""Chores of `shuwu-central`: people, branches, kiosks, orders, figures, certificates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click

from central.circulation.catalogue.commands import export, import_
from central.circulation.ledger.commands import amnesty, fee, terms
from central.circulation.persons.commands import reader
from central.config import Config
from central.idle.commands import covers
from central.lists.commands import lists
from central.options import change, database, with_config

if TYPE_CHECKING:
    from central.fleet.operations import Setting


@click.group()
def staff() -> None:
    """People who sign in to the console."""


@staff.command(name="add")
@with_config
@click.argument("username")
@click.option("--name", required=True, help="As the console shows it.")
@click.option("--role", type=click.Choice(["technician", "librarian", "manager", "admin"]), required=True)
@click.password_option(envvar="SHUWU_PASSWORD")
def staff_add(config: Config, username: str, name: str, role: str, password: str) -> None:
    """Open an account."""
    from central.accounts import operations as accounts
    from central.clock_ms import now_ms

    with change(config) as session:
        password_hash = accounts.hash_password(username, password)
        accounts.add_staff(session, username, name, password_hash, accounts.Role(role))
        accounts.record(session, now_ms(), "cli", "staff_added", username)


@click.group()
def branch() -> None:
    """Libraries, branches and service points."""


@branch.command(name="add")
@with_config
@click.argument("branch_id")
@click.option("--parent", default=None, help="Id of the branch above it.")
@click.option("--tier", type=click.Choice(["county", "town", "village"]), required=True)
@click.option("--name-zh", required=True)
@click.option("--name-en", required=True)
@click.option("--zone", default="Asia/Shanghai", show_default=True, help="Civil time of its reports.")
def branch_add(
    config: Config, branch_id: str, parent: str | None, tier: str, name_zh: str, name_en: str, zone: str
) -> None:
    """Enter a branch."""
    from central.fleet import operations

    with change(config) as session:
        operations.found(session, branch_id, parent, tier, name_zh, name_en, zone)


@click.group()
def device() -> None:
    """Kiosks."""


@device.command(name="add")
@with_config
@click.argument("device_id")
@click.option("--branch", "branch_id", required=True, help="Id of the branch where it stands.")
@click.option("--setting", type=click.Choice(["staffed", "room24"]), required=True)
@click.option("--name-zh", required=True)
@click.option("--name-en", required=True)
def device_add(
    config: Config,
    device_id: str,
    branch_id: str,
    setting: Setting,
    name_zh: str,
    name_en: str,
) -> None:
    """Enter a kiosk."""
    from central.fleet import operations

    today = datetime.now(UTC).date()
    with change(config) as session:
        operations.enrol(session, device_id, branch_id, name_zh, name_en, setting, today)


@device.command(name="retire")
@with_config
@click.argument("device_id")
def device_retire(config: Config, device_id: str) -> None:
    """Serve a kiosk nothing any more: it was stolen, sold or scrapped. Revoke its certificate too."""
    from central.accounts.operations import record
    from central.clock_ms import now_ms
    from central.fleet import operations

    with change(config) as session:
        operations.retire(session, device_id, datetime.now(UTC).date())
        record(session, now_ms(), "cli", "device_retired", device_id)


@click.command()
@with_config
@click.argument("device_id", default="")
def orders(config: Config, device_id: str) -> None:
    """The last 50 orders, of one device or of all."""
    from sqlalchemy import select

    from central.db import open_sessions
    from central.fleet.models import Order

    query = select(Order).order_by(Order.issued_ms.desc(), Order.id.desc()).limit(50)
    with database(config) as engine, open_sessions(engine, readonly=True)() as session:
        for order in session.scalars(query.where(Order.device_id == device_id) if device_id else query):
            issued = datetime.fromtimestamp(order.issued_ms / 1000, UTC).isoformat(timespec="seconds")
            words = [order.device_id, str(order.number), order.verb, order.state, order.staff, issued]
            click.echo("\t".join(words + ([f"fault {order.fault}"] if order.fault else [])))


# ---------------------------------------------------------------- reports and certificates
@click.group()
def reports() -> None:
    """Figures."""


@reports.command()
@with_config
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d", "%Y-%m"]), required=True)
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d", "%Y-%m"]), required=True)
def rebuild(config: Config, first: datetime, last: datetime) -> None:
    """Recount the months from --from to --to out of the facts."""
    from central.reports.rebuild import Sealed
    from central.reports.rebuild import rebuild as recount

    with database(config) as engine:
        try:
            done = recount(engine, date(first.year, first.month, 1), date(last.year, last.month, 1))
        except Sealed as cause:
            raise click.ClickException(f"facts are kept from {cause} on; earlier months are sealed") from None
    click.echo(f"{done.months} months, {done.facts} facts")


@reports.command(name="ledger")
@with_config
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--branch", default="", help="It and all below it; without it the whole network.")
def ledger_figures(config: Config, first: datetime, last: datetime, branch: str) -> None:
    """Registrations, loans of institutions, fees and deposits, by the ledger. Money in 分."""
    from central.circulation.ledger.figures import FIGURES, Period, figures
    from central.db import open_sessions
    from central.fleet import tree

    with database(config) as engine, open_sessions(engine, readonly=True)() as session:
        places = tree.read(session)
        if not places.places or branch not in {"", *places.places}:
            raise click.ClickException(f"unknown branch {branch}")
        top = places.places[branch] if branch else places.children(None)[0]
        branches = [place.id for place in places.under(branch)] if branch else None
        for figure in figures(session, Period(first.date(), last.date(), top.zone.key, branches)):
            title = FIGURES[figure.name].title
            click.echo("\t".join((figure.name, title.zh, figure.part, str(figure.amount))))


@click.group(name="pki")
def certificates() -> None:
    """Certificates of a small network's own authority, in STATE/pki."""


@certificates.command(name="init")
@with_config
def pki_init(config: Config) -> None:
    """Make the authority where there is none."""
    from central.fleet import pki

    pki.make(config.state / "pki", datetime.now(UTC))
    click.echo(config.state / "pki" / "ca.crt")


@certificates.command(name="issue")
@with_config
@click.argument("name")
@click.option("--address", "addresses", multiple=True, help="Host name or IP of a server; again for more.")
def pki_issue(config: Config, name: str, addresses: tuple[str, ...]) -> None:
    """Issue a certificate: of a device by its id, of `central`, or of a server by its addresses."""
    from central.fleet import pki

    folder, now = config.state / "pki", datetime.now(UTC)
    pki.save(folder, name, pki.load(folder).issue(name, now, addresses))
    click.echo(folder / f"{name}.crt")


@certificates.command(name="acl")
def pki_acl() -> None:
    """Print mosquitto's acl_file."""
    from central.fleet import acl

    click.echo(acl.mosquitto_acl(), nl=False)


CHORES: tuple[click.Command, ...] = (
    staff,
    branch,
    device,
    orders,
    lists,
    covers,
    import_,
    export,
    reader,
    fee,
    amnesty,
    terms,
    reports,
    certificates,
)
