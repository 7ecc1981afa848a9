"""`shuwu-central sip2 try`: what does the library system over there speak?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from central.circulation.trying.line import Target
    from central.circulation.trying.report import Language
    from central.circulation.trying.talk import Visitor

ASKED = {
    "zh": "将在 {host} 把图书 {item} 借给 {card},随即还回。继续吗?",
    "en": "{host}: lend {item} to {card}, and take it back?",
}
"""Before anything is changed there, by language."""
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


class Address(click.ParamType[tuple[str, int]]):
    """HOST:PORT, an IPv6 address in brackets."""

    name = "host:port"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """The two, or an error on the command line."""
        host, _, port = str(value).rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 1 << 16:
            self.fail(f"{value!r} is no HOST:PORT", param, ctx)
        return host.strip("[]"), int(port)


@click.command(name="try")
@click.argument("address", type=Address(), metavar="HOST:PORT")
@click.option("--user", default="", help="Account of a terminal; without it nobody logs in.")
@click.option("--password-file", type=FILE, help="Its password, in the file's first line.")
@click.option("--location", default="", help="Location code of the login (CP).")
@click.option("--institution", default="", help="Institution (AO).")
@click.option("--card", default="", help="Card of a reader who may borrow; best a test reader's.")
@click.option("--pin-prompt", is_flag=True, help="Ask for the reader's PIN.")
@click.option("--item", "items", multiple=True, help="Number of an item; again for more.")
@click.option(
    "--lend", default="", metavar="ITEM", help="Lend it to --card, renew it, take it back: asks first."
)
@click.option("--tls", is_flag=True, help="The line is TLS.")
@click.option("--ca", type=FILE, help="Authority of its certificate; without it, this machine's.")
@click.option("--certificate", type=FILE, help="Our certificate, where it wants one.")
@click.option("--key", type=FILE, help="Its key.")
@click.option("--server-name", default="", help="Name in its certificate, where it is not HOST.")
@click.option("--timeout", "timeout_s", type=click.FloatRange(0.1, 60), default=3.0, show_default=True)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--show-personal", is_flag=True, help="Do not mask names and addresses in the answers.")
def attempt(
    address: tuple[str, int],
    user: str,
    password_file: Path | None,
    location: str,
    institution: str,
    card: str,
    pin_prompt: bool,
    items: tuple[str, ...],
    lend: str,
    tls: bool,
    ca: Path | None,
    certificate: Path | None,
    key: Path | None,
    server_name: str,
    timeout_s: float,
    language: Language,
    show_personal: bool,
) -> None:
    """Talk to an ILS, explain its answers, propose its dialect. Without --lend nothing is changed there."""
    from central.circulation.trying.line import Target
    from central.circulation.trying.talk import Visitor

    if certificate and key is None:
        raise click.UsageError("--certificate goes with --key")
    if lend and not card:
        raise click.UsageError("--lend goes with --card")
    if lend:
        click.confirm(ASKED[language].format(host=address[0], item=lend, card=card), abort=True)
    password = password_file.read_text(encoding="utf-8").split("\n")[0] if password_file else ""
    pin = click.prompt("PIN", hide_input=True) if pin_prompt else ""
    secured = tls or bool(ca or certificate)
    target = Target(*address, timeout_s, secured, ca, certificate, key, server_name)
    visitor = Visitor(user, password, location, institution, card, pin, items, lend)
    _report(target, visitor, language, personal=show_personal)


def _report(target: Target, visitor: Visitor, language: Language, *, personal: bool) -> None:
    from central.circulation.trying.deduce_fields import FIELD_RULES
    from central.circulation.trying.deduce_lending import LENDING_RULES
    from central.circulation.trying.deduce_line import LINE_RULES
    from central.circulation.trying.explain import without
    from central.circulation.trying.findings import Evidence, deduce
    from central.circulation.trying.propose import propose
    from central.circulation.trying.report import Report
    from central.circulation.trying.talk import Talker

    try:
        talk = Talker(target, visitor, lambda _exchange: click.echo(".", nl=False, err=True)).run()
    except OSError as cause:
        raise click.ClickException(f"{target.host}:{target.port}: {cause.strerror or cause}") from None
    click.echo(err=True)
    evidence, report = Evidence(talk), Report(language, personal=personal)
    for exchange in talk.exchanges:
        _print(without(line, visitor) for line in report.exchange(exchange, evidence.charset or "utf-8"))
    if talk.way is None:
        raise click.ClickException(report.silence())
    findings = deduce(evidence, (*LINE_RULES, *FIELD_RULES, *LENDING_RULES))
    _print(without(line, visitor) for line in report.findings(findings))
    _print(report.proposal(propose(findings), tried=bool(talk.of("checkin"))))


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)
