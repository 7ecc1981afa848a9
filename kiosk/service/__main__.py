"""`python -m kiosk.service --config kiosk.toml`: the lines that let a staff card in at this machine.

Asks for the number of the card and for a PIN of six digits, twice; prints what belongs into kiosk.toml.
Neither stands in the lines.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from kiosk.config import ConfigError, load
from kiosk.secrets import open_state, pseudonym
from kiosk.service.pins import kept
from wire.pins import LENGTH, is_weak


@click.command()
@click.option("--config", type=click.Path(path_type=Path), required=True, help="The kiosk's TOML file.")
@click.option("--name", prompt=True, help="For whoever reads the file.")
@click.option("--card", prompt="Card number (show it to a reader that types)", hide_input=True)
@click.password_option("--pin", prompt="PIN")
def main(config: Path, name: str, card: str, pin: str) -> None:
    """Print the lines of one staff card."""
    if is_weak(pin, None):
        raise click.ClickException(f"a PIN is {LENGTH} digits, and not one that everybody tries")
    try:
        keys = open_state(load(config).state)
    except ConfigError as cause:
        raise click.ClickException(str(cause)) from None
    click.echo("[[service.staff]]")
    click.echo(f"name = {json.dumps(name, ensure_ascii=False)}")
    click.echo(f'card = "{pseudonym(keys.pseudonyms, card.strip())}"')
    click.echo(f'pin = "{kept(pin)}"')


if __name__ == "__main__":
    main()
