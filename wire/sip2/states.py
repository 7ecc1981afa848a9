r"""The state tables of both ends of a SIP2 connection. `wire.sip2.conversation` runs them.

Theory
------
The specification (3M SIP 2.00 rev 2.12, p. 16) lets one question be open at a time, numbers questions
0 to 9 in AY, and repairs a line by asking again: 97 by the SC, 96 by the ACS. So each end is a small machine:

    client    IDLE ── ASK ──▶ AWAITING ── ANSWER ──▶ IDLE        server    LISTENING ── REQUEST ──▶ ANSWERING
                              │      ▲                                         ▲                        │
                           DAMAGE  SILENCE                                     └────── ANSWER_LAST ─────┘
                              ▼      │
                             REPEATING (97 is out)               either    ── OVERFLOW … ──▶ CLOSED

What happens is first given its name (`Heard` at the client, `Met` at the server); then the table says the
next state and the one thing to do. Each state has a row for each happening. `REFUSE` marks a call that
is never right there: it raises `Misuse` and changes nothing.

- The client believes an answer by its AY. Where it has none, or the dialect knows better
  (`echoes_sequence`), it must be of the right kind and of the same item, and no second copy of what was said
  of the reader before; so too after a 97, which some systems answer with AY 0. All else is late, and dropped. Once a copy of an answer may be on its way
  (a question or an answer went out twice) nothing but our own AY is believed.
- A client that has closed does not know what the ACS did last. Its owner opens a new connection, logs
  in and asks (17, 63); nothing of the old conversation can reach the new one.
- The server hands out requests in their order, more than one where a terminal does not wait, and they
  are answered in that order. A transaction that comes twice, octet for octet, is handed out once and
  answered twice. Its memory is one request deep, as the specification's, and of this connection alone.
"""

from __future__ import annotations

from enum import Enum, auto


class _Named(Enum):
    """Members are told apart as the objects that they are: the tables are asked with each message."""

    __hash__ = object.__hash__


# ---------------------------------------------------------------- the client
class ClientState(_Named):
    IDLE = auto()
    AWAITING = auto()
    REPEATING = auto()
    CLOSED = auto()


class Heard(_Named):
    ASK = auto()
    """`send` was called."""
    ANSWER = auto()
    """The answer to the open question."""
    LATE = auto()
    """An answer to an earlier question, or to none, or nothing that we know."""
    WRONG = auto()
    """Our sequence number on what is no answer to our question, or an answer that cannot be read."""
    DAMAGE = auto()
    """A wrong checksum, or nothing that looks like a message."""
    SIGNED_OUT = auto()
    """94 that takes nobody in, where no login was asked: the ACS has forgotten who we are."""
    RESEND = auto()
    """96"""
    SILENCE = auto()
    """`silent` was called."""
    EXHAUSTED = auto()
    """One of the three above, or a silence after a transaction that must not go out twice, and no try is left."""
    OVERFLOW = auto()
    """More octets than a frame may have."""


class ClientDo(_Named):
    TRANSMIT = auto()
    ACCEPT = auto()
    IGNORE = auto()
    TRANSMIT_AGAIN = auto()
    """The same octets: the same AY and AZ."""
    ASK_AGAIN = auto()
    """97"""
    GIVE_UP = auto()
    BLAME = auto()
    REFUSE = auto()


_C, _H, _D = ClientState, Heard, ClientDo

CLIENT: dict[ClientState, dict[Heard, tuple[ClientState, ClientDo]]] = {
    _C.IDLE: {
        _H.ASK: (_C.AWAITING, _D.TRANSMIT),
        _H.ANSWER: (_C.IDLE, _D.IGNORE),
        _H.LATE: (_C.IDLE, _D.IGNORE),
        _H.WRONG: (_C.IDLE, _D.IGNORE),
        _H.DAMAGE: (_C.IDLE, _D.IGNORE),
        _H.SIGNED_OUT: (_C.IDLE, _D.IGNORE),
        _H.RESEND: (_C.IDLE, _D.IGNORE),
        _H.SILENCE: (_C.IDLE, _D.REFUSE),
        _H.EXHAUSTED: (_C.IDLE, _D.REFUSE),
        _H.OVERFLOW: (_C.CLOSED, _D.BLAME),
    },
    _C.AWAITING: {
        _H.ASK: (_C.AWAITING, _D.REFUSE),
        _H.ANSWER: (_C.IDLE, _D.ACCEPT),
        _H.LATE: (_C.AWAITING, _D.IGNORE),
        _H.WRONG: (_C.CLOSED, _D.BLAME),
        _H.DAMAGE: (_C.REPEATING, _D.ASK_AGAIN),
        _H.SIGNED_OUT: (_C.CLOSED, _D.GIVE_UP),
        _H.RESEND: (_C.AWAITING, _D.TRANSMIT_AGAIN),
        _H.SILENCE: (_C.AWAITING, _D.TRANSMIT_AGAIN),
        _H.EXHAUSTED: (_C.CLOSED, _D.GIVE_UP),
        _H.OVERFLOW: (_C.CLOSED, _D.BLAME),
    },
    _C.REPEATING: {
        _H.ASK: (_C.REPEATING, _D.REFUSE),
        _H.ANSWER: (_C.IDLE, _D.ACCEPT),
        _H.LATE: (_C.REPEATING, _D.IGNORE),
        _H.WRONG: (_C.CLOSED, _D.BLAME),
        _H.DAMAGE: (_C.REPEATING, _D.ASK_AGAIN),
        _H.SIGNED_OUT: (_C.CLOSED, _D.GIVE_UP),
        _H.RESEND: (_C.REPEATING, _D.IGNORE),  # p. 16: a 97 is not sent again for a 96
        _H.SILENCE: (_C.AWAITING, _D.TRANSMIT_AGAIN),
        _H.EXHAUSTED: (_C.CLOSED, _D.GIVE_UP),
        _H.OVERFLOW: (_C.CLOSED, _D.BLAME),
    },
    _C.CLOSED: {
        _H.ASK: (_C.CLOSED, _D.REFUSE),
        _H.ANSWER: (_C.CLOSED, _D.IGNORE),
        _H.LATE: (_C.CLOSED, _D.IGNORE),
        _H.WRONG: (_C.CLOSED, _D.IGNORE),
        _H.DAMAGE: (_C.CLOSED, _D.IGNORE),
        _H.SIGNED_OUT: (_C.CLOSED, _D.IGNORE),
        _H.RESEND: (_C.CLOSED, _D.IGNORE),
        _H.SILENCE: (_C.CLOSED, _D.REFUSE),
        _H.EXHAUSTED: (_C.CLOSED, _D.REFUSE),
        _H.OVERFLOW: (_C.CLOSED, _D.IGNORE),
    },
}


# ---------------------------------------------------------------- the server
class ServerState(_Named):
    LISTENING = auto()
    ANSWERING = auto()
    """Requests are out and wait for their answers."""
    CLOSED = auto()


class Met(_Named):
    REQUEST = auto()
    REPEATED = auto()
    """The latest transaction again, octet for octet, checksum right."""
    RESEND = auto()
    """97"""
    DAMAGE = auto()
    """A wrong checksum, or a known message that cannot be read."""
    STRANGE = auto()
    """A message that we do not know, that no terminal sends, or none at all (p. 14: ignored)."""
    OVERFLOW = auto()
    """More octets than a frame may have, or more requests than may wait."""
    ANSWER_ONE = auto()
    """`answer` was called, and other requests still wait."""
    ANSWER_LAST = auto()
    """`answer` was called for the only request that waited."""
    ANSWER_NONE = auto()
    """`answer` was called for what does not wait next, or with no answer to it."""


class ServerDo(_Named):
    HAND_OUT = auto()
    REPLY = auto()
    REPLY_AGAIN = auto()
    """The answer of the latest transaction, the same octets."""
    SEND_AGAIN = auto()
    """Whatever was sent last; 96 where nothing was."""
    ASK_AGAIN = auto()
    """96"""
    IGNORE = auto()
    BLAME = auto()
    REFUSE = auto()


_S, _M, _A = ServerState, Met, ServerDo

SERVER: dict[ServerState, dict[Met, tuple[ServerState, ServerDo]]] = {
    _S.LISTENING: {
        _M.REQUEST: (_S.ANSWERING, _A.HAND_OUT),
        _M.REPEATED: (_S.LISTENING, _A.REPLY_AGAIN),
        _M.RESEND: (_S.LISTENING, _A.SEND_AGAIN),
        _M.DAMAGE: (_S.LISTENING, _A.ASK_AGAIN),
        _M.STRANGE: (_S.LISTENING, _A.IGNORE),
        _M.OVERFLOW: (_S.CLOSED, _A.BLAME),
        _M.ANSWER_ONE: (_S.LISTENING, _A.REFUSE),
        _M.ANSWER_LAST: (_S.LISTENING, _A.REFUSE),
        _M.ANSWER_NONE: (_S.LISTENING, _A.REFUSE),
    },
    _S.ANSWERING: {
        _M.REQUEST: (_S.ANSWERING, _A.HAND_OUT),
        _M.REPEATED: (_S.ANSWERING, _A.IGNORE),  # its answer is on its way
        _M.RESEND: (_S.ANSWERING, _A.IGNORE),  # what it wants again is still to come
        _M.DAMAGE: (_S.ANSWERING, _A.ASK_AGAIN),
        _M.STRANGE: (_S.ANSWERING, _A.IGNORE),
        _M.OVERFLOW: (_S.CLOSED, _A.BLAME),
        _M.ANSWER_ONE: (_S.ANSWERING, _A.REPLY),
        _M.ANSWER_LAST: (_S.LISTENING, _A.REPLY),
        _M.ANSWER_NONE: (_S.ANSWERING, _A.REFUSE),
    },
    _S.CLOSED: {
        _M.REQUEST: (_S.CLOSED, _A.IGNORE),
        _M.REPEATED: (_S.CLOSED, _A.IGNORE),
        _M.RESEND: (_S.CLOSED, _A.IGNORE),
        _M.DAMAGE: (_S.CLOSED, _A.IGNORE),
        _M.STRANGE: (_S.CLOSED, _A.IGNORE),
        _M.OVERFLOW: (_S.CLOSED, _A.IGNORE),
        _M.ANSWER_ONE: (_S.CLOSED, _A.REPLY),  # the work was done, and the line may still take it
        _M.ANSWER_LAST: (_S.CLOSED, _A.REPLY),
        _M.ANSWER_NONE: (_S.CLOSED, _A.REFUSE),
    },
}
