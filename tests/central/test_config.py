"""One file, one frozen value; what is wrong is named by its path."""

import dataclasses
from pathlib import Path

import msgspec
import pytest

from central.config import Config, ConfigError, Mqtt, Sip2, SortBin, load

STATE = 'state = "s"\n'
GATEWAY = STATE + '[[gateway]]\nname = "ils"\nhost = "127.0.0.1"\nbranches = ["xian"]\n'


def write(tmp_path, text):
    path = tmp_path / "central.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_least(tmp_path):
    config = load(write(tmp_path, 'state = "state"'))
    assert config == Config(state=tmp_path / "state")
    assert config.database_url() == f"sqlite:///{tmp_path / 'state' / 'central.db'}"


def test_paths_start_at_the_file(tmp_path):
    text = 'state = "/srv/s"\n[mqtt]\nhost = "mq"\nca = "ca.crt"\ncertificate = "../c.crt"\nkey = "/k"\n'
    text += '[sip2]\ncertificate = "s.crt"\nca = "c.crt"\n'
    config = load(write(tmp_path, text))
    assert config.state == Path("/srv/s")
    assert config.mqtt == Mqtt("mq", 1883, tmp_path / "ca.crt", tmp_path / "../c.crt", Path("/k"))
    assert config.sip2 == Sip2(certificate=tmp_path / "s.crt", ca=tmp_path / "c.crt")


def test_a_database_of_its_own(tmp_path):
    config = load(write(tmp_path, 'state = "s"\ndatabase = "postgresql+psycopg:///shuwu"'))
    assert config.database_url() == "postgresql+psycopg:///shuwu"


def test_it_is_frozen(tmp_path):
    config = load(write(tmp_path, 'state = "state"'))
    with pytest.raises(AttributeError):
        config.database = "x"
    assert not dataclasses.is_dataclass(config)
    assert isinstance(config, msgspec.Struct)


def test_a_gateway(tmp_path):
    text = (
        GATEWAY
        + 'password_file = "p"\nusername = "u"\nca = "ca.crt"\n[[gateway.bins]]\nbin = "1"\ncall_number = "I"\n'
    )
    (one,) = load(write(tmp_path, text)).gateway
    assert (one.password_file, one.ca, one.key) == (tmp_path / "p", tmp_path / "ca.crt", None)
    assert one.bins == (SortBin("1", call_number="I"),)
    assert one.offline.lend


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"missing required field `state`"),
        ('state = "s"\nstat = 1', r"unknown field `stat`"),
        ('state = "s"\n[mqtt]\nhots = "x"', r"unknown field `hots` - at `\$\.mqtt`"),
        ('state = "s"\n[web]\nport = 0', r"at `\$\.web\.port`"),
        ('state = "s"\n[sip2]\nport = "6001"', r"at `\$\.sip2\.port`"),
        ('state = "s"\n[mqtt]\nhost = "10.0.0.1"', r"plain MQTT is for loopback alone - at `\$\.mqtt\.ca`"),
        ('state = "s"\n[sip2]\nhost = "0.0.0.0"', r"`plain_abroad = true` - at `\$\.sip2`"),
        ('state = "s', r"central\.toml: "),
        (GATEWAY + 'hots = "x"', r"unknown field `hots` - at `\$\.gateway\[0\]`"),
        (GATEWAY + "sessions = 0", r"at `\$\.gateway\[0\]\.sessions`"),
        (GATEWAY.replace("127.0.0.1", "10.0.0.1"), r"`plain_abroad = true` - at `\$\.gateway\[0\]`"),
        (GATEWAY + 'ca = "c"\nkey = "k"', r"certificate and key go together, .* at `\$\.gateway\[0\]`"),
        (GATEWAY + 'server_name = "n"', r"a server_name is for TLS, .* - at `\$\.gateway\[0\]`"),
        (GATEWAY + 'locations = { xian = "1" }', r"need a location - at `\$\.gateway\[0\]`"),
        (GATEWAY + 'username = "u"', r"username and password_file go together - at `\$\.gateway\[0\]`"),
        (GATEWAY + GATEWAY[len(STATE) :], r"branch xian has a gateway already - at `\$\.gateway\[1\]`"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, message):
    with pytest.raises(ConfigError, match=message):
        load(write(tmp_path, text))


@pytest.mark.parametrize("how", ["plain_abroad = true", 'certificate = "s.crt"'])
def test_sip2_beyond_loopback_is_of_tls_or_meant(tmp_path, how):
    assert load(write(tmp_path, f'state = "s"\n[sip2]\nhost = "10.0.0.1"\n{how}')).sip2.host == "10.0.0.1"


def test_a_file_with_a_password_is_its_owners_alone(tmp_path):
    path = write(tmp_path, 'state = "s"\ndatabase = "postgresql+psycopg://shuwu:hidden@db/shuwu"')
    path.chmod(0o640)
    with pytest.raises(ConfigError, match=r"chmod 600 it - at `\$\.database`") as refusal:
        load(path)
    assert "hidden" not in str(refusal.value)
    path.chmod(0o600)
    assert load(path).database.endswith("@db/shuwu")


def test_no_file(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.toml: No such file"):
        load(tmp_path / "none.toml")
