"""`shuwu-central`: every process and every chore of central is one command."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import click
from sqlalchemy import Engine, select

from central import config as configuration
from central import keys, log
from central.accounts import operations as accounts
from central.clock_ms import now_ms
from central.config import Config, ConfigError
from central.db import open_engine, open_sessions
from central.fleet import acl, operations, pki
from central.fleet.models import Order
from central.migrations import migrate as migrate_database
from wire.signing import public_text


class ConfigFile(click.ParamType[Config]):
    """A path on the command line, a configuration in the command."""

    name = "file"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Config:
        """The configuration, or an error on the command line."""
        if isinstance(value, Config):
            return value
        try:
            return configuration.load(Path(str(value)))
        except ConfigError as cause:
            self.fail(str(cause), param, ctx)


with_config = click.option(
    "--config",
    type=ConfigFile(),
    default="central.toml",
    envvar="SHUWU_CENTRAL_CONFIG",
    show_default=True,
    help="Central's configuration, a TOML file.",
)
PROCESSES = ("ingest", "sip2", "web")


def main() -> None:
    """The command line; what was refused is one line on stderr and exit code 1."""
    try:
        cli(standalone_mode=True)
    except (ConfigError, operations.NotPossible, accounts.Unfit, OSError) as cause:
        click.echo(f"shuwu-central: {cause}", err=True)
        sys.exit(1)


@click.group()
def cli() -> None:
    """Central of a Shuwu network: keeps the facts, serves the pages, speaks SIP2."""


@contextmanager
def _engine(config: Config) -> Iterator[Engine]:
    engine = open_engine(config.database_url())
    try:
        yield engine
    finally:
        engine.dispose()


# ---------------------------------------------------------------- setting up
@cli.command()
@with_config
def init(config: Config) -> None:
    """Make keys and secrets that are missing, and the database."""
    for name in keys.make(config.state):
        click.echo(f"made {config.state / name}")
    with _engine(config) as engine:
        migrate_database(engine)
    public = public_text(keys.load(config.state).signing.public_key())
    click.echo(f"public key for the kiosks: {public}")


@cli.command()
@with_config
def migrate(config: Config) -> None:
    """Bring the database to the newest revision."""
    with _engine(config) as engine:
        migrate_database(engine)


# ---------------------------------------------------------------- processes
@cli.command()
@with_config
@click.option("--share", default="", help="Name of the group of ingest workers that share the work.")
def ingest(config: Config, share: str) -> None:
    """Facts and conditions into the database."""
    from central.ingest.listen import Ingest  # starts faster where it is not needed

    log.configure()
    with _engine(config) as engine:
        worker = Ingest(config, keys.load(config.state), engine, share=share)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        worker.run()


@cli.command()
@with_config
def sip2(config: Config) -> None:
    """The ledger for self-check machines."""
    from central.circulation.server import serve

    log.configure()
    serve(config)


@cli.command()
@click.option("--config", "path", default="central.toml", envvar="SHUWU_CENTRAL_CONFIG", show_default=True)
def web(path: str) -> None:
    """The pages for staff."""
    from central.serving import run

    run(configuration.load(Path(path)), Path(path).resolve())


@cli.command(name="all")
@click.option("--config", "path", default="central.toml", envvar="SHUWU_CENTRAL_CONFIG", show_default=True)
def everything(path: str) -> None:
    """All processes of a small library; they end together."""
    from central.together import run

    log.configure()
    keys.load(configuration.load(Path(path)).state)
    sys.exit(run([[sys.executable, "-m", "central", name, "--config", path] for name in PROCESSES]))


# ---------------------------------------------------------------- who and what there is
@cli.group()
def staff() -> None:
    """People who sign in to the console."""


@staff.command(name="add")
@with_config
@click.argument("username")
@click.option("--name", required=True, help="As the console shows it.")
@click.option("--role", type=click.Choice([role.value for role in accounts.Role]), required=True)
@click.password_option(envvar="SHUWU_PASSWORD")
def staff_add(config: Config, username: str, name: str, role: str, password: str) -> None:
    """Open an account."""
    password_hash = accounts.hash_password(username, password)
    with _engine(config) as engine, open_sessions(engine).begin() as session:
        accounts.add_staff(session, username, name, password_hash, accounts.Role(role))
        accounts.record(session, now_ms(), "cli", "staff_added", username)


@cli.group()
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
    with _engine(config) as engine, open_sessions(engine).begin() as session:
        operations.found(session, branch_id, parent, tier, name_zh, name_en, zone)


@cli.group()
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
    setting: operations.Setting,
    name_zh: str,
    name_en: str,
) -> None:
    """Enter a kiosk."""
    today = datetime.now(UTC).date()
    with _engine(config) as engine, open_sessions(engine).begin() as session:
        operations.enrol(session, device_id, branch_id, name_zh, name_en, setting, today)


@cli.command()
@with_config
@click.argument("device_id", default="")
def orders(config: Config, device_id: str) -> None:
    """The last 50 orders, of one device or of all."""
    query = select(Order).order_by(Order.issued_ms.desc(), Order.id.desc()).limit(50)
    with _engine(config) as engine, open_sessions(engine, readonly=True)() as session:
        for order in session.scalars(query.where(Order.device_id == device_id) if device_id else query):
            issued = datetime.fromtimestamp(order.issued_ms / 1000, UTC).isoformat(timespec="seconds")
            words = [order.device_id, str(order.number), order.verb, order.state, order.staff, issued]
            click.echo("\t".join(words + ([f"fault {order.fault}"] if order.fault else [])))


# ---------------------------------------------------------------- reports and certificates
@cli.group()
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

    with _engine(config) as engine:
        try:
            done = recount(engine, date(first.year, first.month, 1), date(last.year, last.month, 1))
        except Sealed as cause:
            raise click.ClickException(f"facts are kept from {cause} on; earlier months are sealed") from None
    click.echo(f"{done.months} months, {done.facts} facts")


@cli.group(name="pki")
def certificates() -> None:
    """Certificates of a small network's own authority, in STATE/pki."""


@certificates.command(name="init")
@with_config
def pki_init(config: Config) -> None:
    """Make the authority where there is none."""
    pki.make(config.state / "pki", datetime.now(UTC))
    click.echo(config.state / "pki" / "ca.crt")


@certificates.command(name="issue")
@with_config
@click.argument("name")
@click.option("--address", "addresses", multiple=True, help="Host name or IP of a server; again for more.")
def pki_issue(config: Config, name: str, addresses: tuple[str, ...]) -> None:
    """Issue a certificate: of a device by its id, of `central`, or of a server by its addresses."""
    folder, now = config.state / "pki", datetime.now(UTC)
    pki.save(folder, name, pki.load(folder).issue(name, now, addresses))
    click.echo(folder / f"{name}.crt")


@certificates.command(name="acl")
def pki_acl() -> None:
    """Print mosquitto's acl_file."""
    click.echo(acl.mosquitto_acl(), nl=False)
