"""The broker's access list, literally. What it does is tested against a real broker in ingest/test_listen."""

from central.fleet.acl import mosquitto_acl

TEXT = """\
user central
topic read shuwu/1/+/facts
topic read shuwu/1/+/condition
topic read shuwu/1/+/vitals
topic readwrite shuwu/1/+/watermark
topic readwrite shuwu/1/+/orders
topic readwrite shuwu/1/+/lists/deny
topic readwrite shuwu/1/+/lists/allow
topic readwrite shuwu/1/+/lists/hold
topic readwrite shuwu/1/+/lists/hours
topic readwrite shuwu/1/+/lists/room
topic readwrite shuwu/1/central/condition

pattern write shuwu/1/%u/facts
pattern write shuwu/1/%u/condition
pattern write shuwu/1/%u/vitals
pattern read shuwu/1/%u/watermark
pattern read shuwu/1/%u/orders
pattern read shuwu/1/%u/lists/deny
pattern read shuwu/1/%u/lists/allow
pattern read shuwu/1/%u/lists/hold
pattern read shuwu/1/%u/lists/hours
pattern read shuwu/1/%u/lists/room
pattern read shuwu/1/%u/condition
pattern read shuwu/1/central/condition
"""


def test_the_list():
    assert mosquitto_acl() == TEXT
