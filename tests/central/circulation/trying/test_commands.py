"""`shuwu-central sip2 try` at our own server, at others, and on the command line."""

from __future__ import annotations

import asyncio
import ssl

import pytest
from click.testing import CliRunner, Result

from central.cli import cli
from tests.central.circulation.line import open_loans
from tests.central.circulation.line import talk as serve
from tests.central.circulation.trying.kinds import KINDS, READER
from tests.central.circulation.trying.systems import System, running
from tests.certificates import Authority

SECRETS = ("secret", "terminal secret", "135790")


def attempt(port: int | str, *words: str, timeout_s: float = 10.0, **more: str) -> Result:
    """A long time: our server leaves nothing unanswered, and the others hang up."""
    address = f"127.0.0.1:{port}" if isinstance(port, int) else port
    return CliRunner().invoke(cli, ["sip2", "try", address, "--timeout", str(timeout_s), *words], **more)  # type: ignore[arg-type]


@pytest.fixture
def password(tmp_path):
    file = tmp_path / "password"
    file.write_text("terminal secret\n")
    return str(file)


def test_our_own_server(embedded, password):
    words = ("--user", "xian-desk", "--password-file", password, "--institution", "xian")
    words += ("--card", "R1", "--pin-prompt", "--item", "B1", "--language", "en")

    async def conversation(server):
        return await asyncio.to_thread(attempt, server.port, *words, input="135790\n")

    result = serve(embedded, conversation)

    assert result.exit_code == 0, result.output
    assert 'dialect = "shuwu"\n\n' in result.output
    assert "YF is a number of Shuwu's own faults.  [faults]" in result.output
    assert "AB 图书条码 / number of the item: B1" in result.output
    assert "流通状态 / circulation status: 03  (available)" in result.output
    assert "林书远" not in result.output
    assert [secret for secret in SECRETS if secret in result.output] == []
    assert open_loans(embedded) == 0


def test_what_a_system_repeats_of_secrets_is_masked(password):
    said = READER + "AFterminal secret, 135790, B1357901|"
    with running(System({"63": said}, takes="terminal secret")) as port:
        words = ("--user", "kiosk", "--password-file", password, "--card", "R1", "--pin-prompt")
        result = attempt(port, *words, "--show-personal", input="135790\n")

    assert "AF 屏幕信息 / a line for the screen: ***, ***, B1357901" in result.output
    assert "terminal secret" not in result.output


def test_people_are_shown_when_asked_for(embedded, password):
    words = ("--user", "xian-desk", "--password-file", password, "--card", "R1", "--show-personal")

    async def conversation(server):
        return await asyncio.to_thread(attempt, server.port, *words)

    result = serve(embedded, conversation)

    assert "AE 读者姓名 / the reader's name: 林书远" in result.output
    assert "terminal secret" not in result.output


def test_what_is_found_is_printed_with_the_overrides():
    with running(KINDS["titles for numbers"][0]) as port:
        result = attempt(
            port, "--card", "R1", "--user", "kiosk", "--password-file", "/dev/null", timeout_s=0.3
        )

    assert result.exit_code == 0
    assert "登录被拒绝。wrong password" in result.output

    with running(System(KINDS["titles for numbers"][0].answers, logs_in=False)) as port:
        result = attempt(port, "--card", "R1")

    assert "在借清单列的是题名,不是条码。  [lists_titles]" in result.output
    assert "overrides = '''\nopening = [\"99\"]\nlists_titles = true\n'''" in result.output


def test_silence_is_an_error_that_says_what_to_look_at():
    with running(System(wants_sums=True, fears_sums=True, hangs_up=False)) as port:
        result = attempt(port, timeout_s=0.1)

    assert result.exit_code == 1
    assert "端口对吗" in result.output


def test_nobody_listens():
    with running(System()) as port:
        pass

    result = attempt(port)

    assert result.exit_code == 1
    assert f"Error: 127.0.0.1:{port}: Connection refused" in result.output


@pytest.mark.parametrize(
    "address", ["localhost", "localhost:", ":6001", "localhost:0", "localhost:70000", "a:b"]
)
def test_an_address_has_a_host_and_a_port(address):
    result = attempt(address)

    assert result.exit_code == 2
    assert "is no HOST:PORT" in result.output


def test_over_tls_with_a_certificate(embedded, password, tmp_path):
    authority = Authority(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority.certificate)
    context.load_cert_chain(*authority.issue("127.0.0.1"))
    context.verify_mode = ssl.CERT_REQUIRED
    certificate, key = authority.issue("technician")

    async def conversation(server):
        known = ("--ca", str(authority.certificate))
        good = await asyncio.to_thread(
            attempt, server.port, *known, "--certificate", str(certificate), "--key", str(key)
        )
        return good, await asyncio.to_thread(attempt, server.port, "--tls")

    good, strange = serve(embedded, conversation, tls=context)

    assert good.exit_code == 0, good.output
    assert strange.exit_code == 1
    assert "CERTIFICATE_VERIFY_FAILED" in strange.output


def test_a_certificate_goes_with_its_key(password):
    assert "--certificate goes with --key" in attempt(1, "--certificate", password).output
