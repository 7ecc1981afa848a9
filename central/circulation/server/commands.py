"""`shuwu-central sip2 account`: which terminals may sign in, as whom and from where."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from central.config import Config
from central.options import change, database, with_config

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@click.group()
def account() -> None:
    """Accounts of self-check machines and kiosks."""


@account.command()
@with_config
@click.argument("username")
@click.option("--branch", required=True, help="Id of the branch where it stands.")
@click.option(
    "--kind", type=click.Choice(["kiosk", "machine"]), required=True, help="Ours, or another maker's."
)
@click.option("--dialect", default="shuwu", show_default=True, help="See docs/ils.md.")
@click.option(
    "--overrides",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="TOML: keys it has otherwise.",
)
@click.option(
    "--certificate", default="", help="Common name or SHA-256 of the certificate that it must show."
)
@click.option("--address", "addresses", multiple=True, help="Network that it may come from; again for more.")
@click.option("--connections", default=16, show_default=True, help="Lines at once.")
@click.option(
    "--no-block/--ask-always", default=True, help="Whether it may tell what happened off line already."
)
@click.password_option(envvar="SHUWU_PASSWORD")
def add(
    config: Config,
    username: str,
    branch: str,
    kind: str,
    dialect: str,
    overrides: Path | None,
    certificate: str,
    addresses: tuple[str, ...],
    connections: int,
    no_block: bool,
    password: str,
) -> None:
    """Open an account."""
    from central.circulation.server import accounts

    text = overrides.read_text(encoding="utf-8") if overrides else ""
    wish = accounts.Wish(username, branch, kind, dialect, text, certificate, addresses, connections, no_block)
    with _change(config, "sip2_account_added", username) as session:
        accounts.add(session, wish, _hashed(username, password))


@account.command()
@with_config
@click.argument("username")
def close(config: Config, username: str) -> None:
    """Let nobody sign in with it any more."""
    from central.circulation.server import accounts

    with _change(config, "sip2_account_closed", username) as session:
        accounts.close(session, username)


@account.command()
@with_config
@click.argument("username")
@click.password_option(envvar="SHUWU_PASSWORD")
def password(config: Config, username: str, password: str) -> None:
    """Give an account a new password; one that was closed is open again."""
    from central.circulation.server import accounts

    with _change(config, "sip2_account_password", username) as session:
        accounts.set_password(session, username, _hashed(username, password))


@account.command(name="list")
@with_config
def list_(config: Config) -> None:
    """All accounts, one a line."""
    from central.circulation.server import accounts
    from central.db import open_sessions

    with database(config) as engine, open_sessions(engine, readonly=True)() as session:
        for one in accounts.listed(session):
            words = [one.username, one.branch_id, one.kind, one.dialect, "open" if one.active else "closed"]
            words += [f"{name} {value}" for name, value in _bounds(one.certificate, one.addresses) if value]
            words += ["overrides"] * bool(one.overrides) + ["asks always"] * (not one.no_block)
            click.echo("\t".join(words))


def _bounds(certificate: str, addresses: str) -> tuple[tuple[str, str], ...]:
    return ("certificate", certificate), ("from", addresses)


def _hashed(username: str, password: str) -> str:
    from central.circulation.server.accounts import check_password
    from central.circulation.server.passwords import hash_password

    password = password.strip()  # some terminals fill it up with blanks
    check_password(username, password)
    return hash_password(password)


@contextmanager
def _change(config: Config, action: str, subject: str) -> Iterator[Session]:
    """One transaction with its line in the audit; what is refused is said in one line."""
    from central.accounts.operations import record
    from central.circulation.server.accounts import Unfit
    from central.clock_ms import now_ms

    with change(config) as session:
        try:
            yield session
        except Unfit as cause:
            raise click.ClickException(str(cause)) from None
        record(session, now_ms(), "cli", action, subject)
