"""Literal records: bytes put together by hand, lengths counted here."""

import io

from central.circulation.catalogue import reading


def read(octets, name, kind="items", report=lambda _: None, *, codec=None):
    """A file, read."""
    return reading.read(io.BytesIO(octets), name, kind, report, codec=codec)


def record(*fields, leader_09=b" ", wrong_lengths=False):
    """An ISO 2709 record of (tag, octets); the octets of a data field begin with its indicators."""
    directory, body = b"", b""
    for tag, octets in fields:
        length = len(octets) + 1 - (3 if wrong_lengths else 0)
        directory += tag + b"%04d%05d" % (length, len(body))
        body += octets + b"\x1e"
    base = 24 + len(directory) + 1
    total = base + len(body) + 1
    return (
        b"%05d" % total
        + b"nam "
        + leader_09
        + b"22"
        + b"%05d" % base
        + b"   450 "
        + directory
        + b"\x1e"
        + body
        + b"\x1d"
    )


def cnmarc(charset="gb18030", *, general="", **settings):
    said = [
        (b"001", "012002001234"),
        (b"010", "  \x1fa978-7-5366-9293-0\x1fb平装\x1fdCNY23.00"),
        *([(b"100", f"  \x1fa{general}")] if general else []),
        (b"101", "0 \x1fachi"),
        (b"200", "1 \x1fa三体\x1f9san ti\x1fe地球往事\x1ff刘慈欣著"),
        (b"210", "  \x1fa重庆\x1fc重庆出版社\x1fd2008.1"),
        (b"215", "  \x1fa302页\x1fd23cm"),
        (b"606", "0 \x1fa科学幻想小说"),
        (b"690", "  \x1faI247.55\x1fv4"),
        (b"905", "  \x1faxian\x1fbB100\x1fcWJ\x1fdI247.55\x1fe1"),
        (b"905", "  \x1facun\x1fbB101\x1fdI247.55\x1fe1"),
    ]
    return record(*((tag, text.encode(charset)) for tag, text in said), **settings)


MARC21 = record(
    (b"001", b"ocm123"),
    (b"008", b"080101s2008    cc            000 1 chi d"),
    (b"020", b"  \x1fa9787536692930 (pbk.)\x1fcRMB23.00"),
    (b"100", b"1 \x1faLiu, Cixin."),
    (b"245", b"10\x1faSan ti /\x1fcLiu Cixin zhu."),
    (b"264", b" 1\x1fbChongqing chu ban she,\x1fc2008."),
    (b"952", b"  \x1fpB200\x1faxian\x1fbcun\x1fcA-3\x1fybook\x1fg23.00\x1foI247.55/1"),
    leader_09=b"a",
)
