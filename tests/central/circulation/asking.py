"""A request's text to an answer's text, in a session of the small library."""

from central.circulation.server.terminals import Terminal
from central.circulation.server.visit import Visit
from tests.central.circulation.verbs import perform
from tests.central.circulation.world import XIAN
from wire.sip2.codec import decode, encode
from wire.sip2.conversation import Request
from wire.sip2.dialect import load

SHUWU = load("shuwu")
BLANK = " " * 18
NOW = "20260301    100000"


def terminal_at(desk, **more):
    """The terminal that stands there."""
    return Terminal(desk.account, desk.branch, desk.zone, "", SHUWU, **more)


def ask(session, text, *, desk=XIAN, pin=None, sequence=None):
    """The answer's text to a request's text, without terminator."""
    frame = decode(text.encode(), SHUWU)
    request = Request(frame.message, sequence, "absent" if sequence is None else "good")
    return (
        encode(perform(session, terminal_at(desk), Visit(desk, pin, id_key=b"k" * 32), request), SHUWU)
        .decode()
        .removesuffix("\r")
    )


def checkout(card, barcode, flags="NN", due=BLANK):
    return f"11{flags}{NOW}{due}AOxian|AA{card}|AB{barcode}|AC|"


def checkin(barcode, flag="N"):
    return f"09{flag}{NOW}{NOW}APsomewhere|AOxian|AB{barcode}|AC|"
