"""What the talk shows of the line: octets, sums, sequence numbers, how a connection begins. Pure; one rule a function."""

from __future__ import annotations

from collections.abc import Iterator

from central.circulation.trying.findings import Evidence, Finding, Rule
from central.circulation.trying.seen import Seen
from central.circulation.trying.talk import Exchange
from wire.sip2.declare import Message
from wire.sip2.messages import (
    ANSWERED_BY,
    AcsStatus,
    ItemInformationResponse,
    LoginResponse,
    PatronInformationResponse,
    PatronStatusResponse,
    RequestScResend,
)

END_NAMES = {"\r": "CR", "\r\n": "CR LF", "\n": "LF"}


def _ends(at: Evidence) -> Iterator[Finding]:
    ends = {seen.end for _, seen in at.frames}
    zh, en = (join.join(END_NAMES[end] for end in sorted(ends) if end) for join in ("、", ", "))
    if ends == {"\n"}:
        yield Finding(
            "应答只以 LF 结尾,读取时须把 LF 视为结尾。",
            "Answers end with LF alone: LF must end what is read.",
            "lf_ends",
            True,
        )
    elif zh:
        yield Finding(f"应答以 {zh} 结尾。", f"Answers end with {en}.")
    if ends == {"\r\n"} and any(exchange.answered for exchange in at.talk.of("crlf")):
        yield Finding(
            "以 CR LF 结尾的消息也有应答。",
            "Messages that end with CR LF are answered as well.",
            "terminator",
            "\r\n",
            binding=False,
        )
    if "" in ends:
        yield Finding(
            "!! 有的应答没有结尾符:终端会一直等到超时。",
            "!! Some answers have no end: a terminal waits for it in vain.",
        )


def _written_end(at: Evidence) -> Iterator[Finding]:
    way = at.talk.way
    if way is not None and way.terminator != "\r":
        yield Finding(
            f"只有以 {END_NAMES[way.terminator]} 结尾的消息才有应答。",
            f"Only messages that end with {END_NAMES[way.terminator]} are answered.",
            "terminator",
            way.terminator,
        )


def _delimiter(at: Evidence) -> Iterator[Finding]:
    signs = {seen.delimiter for _, seen in at.frames if seen.delimiter}
    if len(signs) == 1:
        sign = signs.pop()
        yield Finding(f"字段以 {sign} 分隔。", f"Fields are separated by {sign}", "delimiter", sign)


def _bars(at: Evidence) -> Iterator[Finding]:
    if any(seen.before for _, seen in at.frames):
        yield Finding(
            "AY 之前总有分隔符。", "A delimiter stands before AY.", "before_checksum", "|", binding=False
        )
    if any("|" in seen.after for _, seen in at.frames):
        yield Finding(
            "校验和之后有分隔符。",
            "A delimiter stands after the checksum.",
            "after_checksum",
            "|",
            binding=False,
        )


def _sums(at: Evidence) -> Iterator[Finding]:
    sums = [seen.checksum for _, seen in at.frames]
    if "wrong" in sums:
        yield Finding(
            "有的校验和不对,只记录、不拒收。",
            "Some checksums are wrong: they are noted, not refused.",
            "checksum.verify",
            "log",
        )
    if "dp2" in sums:
        yield Finding("校验和按 dp2 的方法计算。", "Checksums are dp2's.", "checksum.emit", "dp2")
    elif "spec" in sums and "wrong" not in sums:
        yield Finding("校验和符合规范。", "Checksums are the specification's.", "checksum.emit", "spec")
    elif "wrong" not in sums:
        yield Finding("应答不带校验和。", "Answers carry no checksum.")


def _written_sums(at: Evidence) -> Iterator[Finding]:
    way = at.talk.way
    if way is not None and way.emit == "none":
        yield Finding(
            "带 AY、AZ 的消息没有应答。",
            "Messages with AY and AZ are not answered.",
            "checksum.emit",
            "none",
        )
    for exchange in at.talk.of("no sum"):
        if not exchange.answered:
            yield Finding("不带 AY、AZ 的消息没有应答。", "Messages without AY and AZ are not answered.")
    for exchange in at.talk.of("wrong sum"):
        if exchange.answered:
            yield Finding("系统不检查我方的校验和。", "It does not look at our checksums.")
        elif isinstance(exchange.answer, RequestScResend):
            yield Finding(
                "校验和错误时系统以 96 要求重发。", "It answers a wrong checksum with 96, as specified."
            )


def _sequence(at: Evidence) -> Iterator[Finding]:
    told = [
        (exchange.sequence, seen.sequence)
        for exchange, seen in at.frames
        if seen.sequence is not None
        and exchange.purpose not in ("no sum", "resend", "wrong sum")
        and exchange.way.emit != "none"
    ]
    if next(_astray(at), None):
        return  # nothing is known of numbers on answers to something else
    if any(asked != said for asked, said in told):
        said = sorted({said for _, said in told})
        yield Finding(
            f"应答的序号不是我方的序号(总是 {said[0]})。" if len(said) == 1 else "应答的序号不是我方的序号。",
            "Answers carry sequence numbers of their own.",
            "echoes_sequence",
            False,
        )
    elif told:
        yield Finding("应答带回我方的序号。", "Answers carry our sequence number.", "echoes_sequence", True)


def _charset(at: Evidence) -> Iterator[Finding]:
    if at.charset is None:
        yield Finding(
            "应答全是 ASCII,看不出字符集;请用有中文姓名或题名的证号、条码再试。",
            "Answers are ASCII alone, which shows no charset; try a card or an item with a Chinese name or title.",
        )
    else:
        yield Finding(f"字符集是 {at.charset}。", f"The charset is {at.charset}.", "charset", at.charset)


def _opening(at: Evidence) -> Iterator[Finding]:
    login, status = at.talk.of("login"), at.talk.of("greeting", "status")
    greets = any(exchange.answered and not exchange.refused for exchange in status)
    if any(exchange.refused for exchange in at.talk.of("login")):
        answer = at.answer(LoginResponse, "login")
        said = "; ".join(answer.screen_message) if answer else ""
        yield Finding(f"登录被拒绝。{said}", f"The login is refused. {said}".strip())
    elif login and status and not greets:
        yield Finding("系统不应答 99。", "It does not answer 99.", "opening", ["93"])
        yield Finding("99 不可用。", "99 is of no use.", "lacks", frozenset({"99"}))
    elif greets and not at.talk.visitor.user and _serves_strangers(at):
        yield Finding("无须登录即可查询。", "It answers without a login.", "opening", ["99"])
    elif login and not any(exchange.answered for exchange in at.talk.of("greeting")):
        yield Finding("登录之后才应答 99。", "99 is answered after the login alone.", "opening", ["93", "99"])
    if any(item.title_identifier for item in at.answers(ItemInformationResponse, "unsigned")):
        yield Finding("未登录也能查询图书。", "It tells of items without a login.")


def _serves_strangers(at: Evidence) -> bool:
    asked = at.talk.of("reader", "no such reader", "item", "no such item")
    return any(exchange.answered and not exchange.refused for exchange in asked)


def _resend(at: Evidence) -> Iterator[Finding]:
    for exchange in at.talk.of("resend"):
        if exchange.answered:
            yield Finding("97 能让系统重发应答。", "It repeats its answer for a 97.")
        else:
            yield Finding("系统不理会 97。", "It takes no notice of 97.", "lacks", frozenset({"97"}))


def _status(at: Evidence) -> Iterator[Finding]:
    said = at.answer(AcsStatus)
    if said is None:
        return
    if not said.online_status:
        yield Finding("系统称自己不在线。", "It says that it is off line.")
    if not (said.checkout_ok and said.checkin_ok):
        yield Finding(
            "98 说本终端不可借或不可还;若实际可以,请设 means_status = false。",
            "Its 98 says that it takes no loans or no returns from here; if it does, set means_status = false.",
        )
    if said.offline_ok:
        yield Finding(
            "系统接受离线后补报的借还(no block)。", "It takes what happened while it was off line (no block)."
        )
    else:
        yield Finding(
            "系统不接受离线补报:断网期间的借还可能被它拒绝,须由馆员处理。",
            "It does not take what happened while it was off line: loans of that time may be refused, and are for staff.",
        )


def _hangs_up(at: Evidence) -> Iterator[Finding]:
    answered = [exchange for exchange in at.talk.exchanges if exchange.answered]
    if answered and all(exchange.closed for exchange in answered):
        yield Finding(
            "系统每答一次就断开连接:登录无法保持。",
            "It closes the line after each answer: no login lasts.",
        )


def _astray(at: Evidence) -> Iterator[tuple[Exchange, Seen]]:
    """Answers to another question than was asked."""
    for exchange, seen in at.frames:
        wanted = ANSWERED_BY.get(type(exchange.question))
        refused = isinstance(seen.message, LoginResponse) and not seen.message.ok
        if wanted is not None and not (refused or isinstance(seen.message, wanted | RequestScResend)):
            yield exchange, seen


def _late(at: Evidence) -> Iterator[Finding]:
    for exchange, seen in _astray(at):
        assert seen.message is not None, "frames are messages"
        asked, said = exchange.question.layout.id, seen.message.layout.id
        yield Finding(
            f"!! 系统答非所问(问 {asked} 得 {said}):应答迟到、重复或次序颠倒,这样的连接用不得。",
            f"!! It answers another question than was asked ({said} for a {asked}): late, twice or out of order."
            " No terminal can use such a line.",
        )
        return


def _unanswered(at: Evidence) -> Iterator[Finding]:
    """What a kiosk cannot do without."""
    for exchange in at.talk.of("login", "reader", "item"):
        wanted = ANSWERED_BY[type(exchange.question)]
        told = [seen.message for seen in exchange.frames(at.charset or "utf-8")]
        if exchange.refused or any(isinstance(message, wanted) for message in told):
            continue
        zh, en = _instead(exchange, told)
        asked, answer = exchange.question.layout.id, wanted.layout.id
        yield Finding(
            f"!! {asked} 没有得到可用的 {answer}:{zh}。自助机离不开它。",
            f"!! No {answer} for the {asked} that can be used: {en}. No kiosk can do without it.",
        )


def _instead(exchange: Exchange, told: list[Message | None]) -> tuple[str, str]:
    """What came in the place of an answer."""
    if any(isinstance(message, RequestScResend) for message in told):
        return "系统以 96 要求重发", "it asks for another copy (96)"
    if any(told):
        return "答的是别的消息", "it answers something else"
    if told:
        return "应答的固定字段与规范不符,或不是 SIP2", "what comes has other fixed fields, or is no SIP2"
    return ("连接被断开", "the line is closed") if exchange.closed else ("没有应答", "nothing comes")


def _one_of_two(at: Evidence) -> Iterator[Finding]:
    """23 and 63 both ask who a reader is: of one that is not answered the other can stand in the place."""
    status = at.answer(PatronStatusResponse, "reader status")
    reader = at.answer(PatronInformationResponse, "reader", "loans")
    asked = [exchange for exchange in at.talk.of("reader status") if not exchange.refused]
    if asked and reader and not status:
        yield Finding(
            "系统不应答 23,网关会改问 63。",
            "It does not answer 23: a gateway asks 63 in its place.",
            "lacks",
            frozenset({"23"}),
        )
    if status and not reader:
        yield Finding(
            "系统只应答 23:自助机须经网关连接,网关会改问 23。",
            "It answers 23 alone: a kiosk needs a gateway, which asks that in the place of 63.",
            "lacks",
            frozenset({"63"}),
        )


LINE_RULES: tuple[Rule, ...] = (
    _written_end,
    _ends,
    _delimiter,
    _bars,
    _sums,
    _written_sums,
    _sequence,
    _charset,
    _opening,
    _resend,
    _status,
    _hangs_up,
    _late,
    _unanswered,
    _one_of_two,
)
