"""The provider to try with, over its own lines: codes, money, late, doubled and lost; refused abroad."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import msgspec
import pytest

from central.config import Config, ConfigError
from central.config import Payments as Settings
from central.payments import provider
from central.payments.commands import local_server
from central.payments.local import client, server
from central.payments.local.bills import SIGNATURE, sign
from central.payments.provider import Away, Forged, Money

KEY = b"k" * 32
REFERENCE = "0a" * 16
NEVER_MS = 2**52


class Running:
    """The server in a thread, and central's side of it."""

    def __init__(self) -> None:
        self.heard: list[Money] = []
        self.deaf = False
        self._server = server.open_server(("127.0.0.1", 0), KEY, self._hear)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.where = ("127.0.0.1", self._server.server_port)
        self.client = client.Local(self.where, KEY)
        self.wallet = self._server.app.test_client()  # type: ignore[attr-defined]  # the Flask application

    def _hear(self, money: Money) -> bool:
        self.heard.append(money)
        return not self.deaf

    def pay(self, action: str = "pay", **more: str) -> str:
        """Somebody scans and touches."""
        answer = self.wallet.post(f"/pay/{REFERENCE}", data={"action": action, **more}, follow_redirects=True)
        return str(answer.text)

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def running() -> Iterator[Running]:
    made = Running()
    yield made
    made.stop()


def test_a_code_leads_to_a_page_on_which_one_pays_once_and_central_is_told(running: Running):
    code = running.client.create(1250, REFERENCE, NEVER_MS)
    assert code == f"http://127.0.0.1:{running.where[1]}/pay/{REFERENCE}"
    assert running.client.create(1250, REFERENCE, NEVER_MS) == code, "the same again"
    assert "12.50" in running.wallet.get(f"/pay/{REFERENCE}").text
    assert running.client.status(REFERENCE) == []
    assert "已付款" in running.pay()
    (money,) = running.client.status(REFERENCE)
    assert (money.reference, money.amount_fen, running.heard) == (REFERENCE, 1250, [money])
    assert running.client.listing(money.paid_ms, money.paid_ms + 1) == [money]
    assert running.client.listing(money.paid_ms + 1, NEVER_MS) == []


def test_late_twice_failing_and_unheard(running: Running):
    running.client.create(1250, REFERENCE, 0)
    assert "已过期" in running.wallet.get(f"/pay/{REFERENCE}").text
    assert "没有扣款" in running.pay("fail")
    assert running.client.status(REFERENCE) == []
    running.client.cancel(REFERENCE)
    running.deaf = True
    assert "没有听到通知" in running.pay("twice", silent="")
    assert len({money.provider_id for money in running.client.status(REFERENCE)}) == 2
    running.pay(silent="1")
    assert (len(running.heard), len(running.client.status(REFERENCE))) == (2, 3)


def test_what_is_not_signed_is_nobody_s(running: Running):
    stranger = client.Local(running.where, b"another")
    with pytest.raises(Away):
        stranger.create(1, REFERENCE, NEVER_MS)
    body = msgspec.json.encode(Money("1", REFERENCE, 1250, 1))
    assert running.client.verify({SIGNATURE: sign(KEY, body)}, body) == Money("1", REFERENCE, 1250, 1)
    for headers, octets in (
        ({}, body),
        ({SIGNATURE: sign(b"x", body)}, body),
        ({SIGNATURE: sign(KEY, b"{}")}, b"{}"),
    ):
        with pytest.raises(Forged):
            running.client.verify(headers, octets)
    assert running.client.status("unknown") == []
    running.client.cancel("unknown")


def test_a_server_that_is_gone_is_away():
    gone = Running()
    gone.stop()
    with pytest.raises(Away):
        gone.client.status(REFERENCE)


# ---------------------------------------------------------------- configuration
def config(tmp_path, url="http://127.0.0.1:8460", mode=0o600, **more) -> Config:
    key = tmp_path / "merchant.key"
    key.write_bytes(KEY + b"\n")
    key.chmod(mode)
    said = {"provider": "local", "settings": {"url": url}, "secrets": {"key": key}, **more}
    return Config(state=tmp_path, payments=Settings(**said))


def test_secrets_come_from_files_of_their_owner_alone(tmp_path):
    made = provider.load(config(tmp_path))
    assert isinstance(made, client.Local)
    assert KEY.decode() not in repr(config(tmp_path))
    empty = tmp_path / "empty"
    empty.touch(0o600)
    with pytest.raises(ConfigError, match=r"empty - at .*payments\.secrets"):
        provider.secret(empty)
    with pytest.raises(ConfigError, match=r"open to others.*payments\.secrets"):
        provider.load(config(tmp_path, mode=0o640))
    assert provider.load(Config(state=tmp_path)) is None


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"provider": "nobody"}, "no payment provider 'nobody'"),
        ({"settings": {}}, "'url'"),
        ({"url": "http://pay.example:80"}, "for trying alone"),
        ({"url": "https://127.0.0.1:1"}, "for trying alone"),
        ({"secrets": {}}, "'key'"),
    ],
)
def test_a_configuration_that_cannot_be_is_refused_by_its_path(tmp_path, more, said):
    with pytest.raises(ConfigError, match=f"{said}.*payments"):
        provider.load(config(tmp_path, **more))


def test_the_server_is_for_its_own_configuration_alone(tmp_path):
    with pytest.raises(ConfigError, match="another provider"):
        local_server(Config(state=tmp_path))
