"""What is printed of a talk: each exchange as it happens, then what was found out, then the dialect to begin with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from central.circulation.trying.explain import explain, printable, shown
from central.circulation.trying.findings import Finding
from central.circulation.trying.propose import Proposal
from central.circulation.trying.talk import Exchange, Purpose
from wire.sip2.declare import Message
from wire.sip2.dialect import Charset, load
from wire.sip2.names import MESSAGE_NAMES, Name

Language = Literal["zh", "en"]

PURPOSES: dict[Purpose, Name] = {
    "greeting": Name("99,尚未登录", "99 before any login"),
    "login": Name("93 登录", "93, the login"),
    "status": Name("99 系统状态", "99, the system's status"),
    "reader": Name("63 读者信息", "63, the reader"),
    "loans": Name("63 读者信息与在借清单", "63, the reader and their loans"),
    "reader status": Name("23 读者状态", "23, the reader's status"),
    "no such reader": Name("63 不存在的证号", "63, a card that nobody gave"),
    "item": Name("17 图书信息", "17, the item"),
    "no such item": Name("17 不存在的条码", "17, an item that nobody has"),
    "unsigned": Name("17,未登录", "17 without a login"),
    "resend": Name("97 请求重发", "97, the same again"),
    "wrong sum": Name("99,校验和错误", "99 with a wrong checksum"),
    "no sum": Name("99,不带 AY、AZ", "99 without AY and AZ"),
    "crlf": Name("99,以 CR LF 结尾", "99 ended by CR LF"),
    "lf": Name("99,以 LF 结尾", "99 ended by LF"),
    "before lending": Name("17 试借的书", "17, the book to be lent"),
    "checkout": Name("11 试借", "11, lent for a try"),
    "after lending": Name("17 试借之后", "17 after it was lent"),
    "checkout again": Name("11,同样的字节再发一次", "11, the same octets once more"),
    "checkout, account in it": Name("11,带上账号(CN)", "11 with the account in CN"),
    "checkout, dated": Name("11,离线应还日期填上日期", "11 with a no-block due date"),
    "renew": Name("29 试续借", "29, renewed for a try"),
    "renew, no fixed fields": Name("29,不带固定字段", "29 without its fixed fields"),
    "checkin": Name("09 还回", "09, given back"),
    "after returning": Name("17 还回之后", "17 after it was given back"),
}

WORDS: dict[str, Name] = {
    "none": Name("(没有应答)", "(no answer)"),
    "closed": Name(",对方断开", ", the line closed"),
    "before": Name("(同上)", "(as before)"),
    "strange": Name("(不是 SIP2 消息)", "(no SIP2 message)"),
    "findings": Name("结论", "What was found out"),
    "proposal": Name("建议的方言", "The dialect to begin with"),
    "fits": Name("与 {0} 的 {1} 个特征相符。", "{1} marks of {0} were found."),
    "silent": Name(
        "用哪种写法都没有应答。端口对吗?是否只许登记过的地址连接?是否要 TLS(--tls)、要先登录(--user)?",
        "No way of writing was answered. Is it the right port? Does it only let known addresses in?"
        " Does it want TLS (--tls), or a login first (--user)?",
    ),
    "kiosk": Name("写入 kiosk.toml(central.toml 的 [[gateway]] 相同):", "In kiosk.toml (and in [[gateway]] of central.toml):"),
    "unsure": Name(
        "只读的试探看不出的:借还成功是否要看文字(ok_by_text)、续借有无固定字段(no_fixed)、账号是否每次都要(repeat_login_in)。"
        "请用 --lend 试借一本书。",
        "Reading alone does not show: whether success is told in words (ok_by_text), whether a renewal has fixed fields"
        " (no_fixed), whether the account stands in each message (repeat_login_in). Lend a test book for a try:"
        " --lend.",
    ),
}  # fmt: skip


class Report:
    """Lines of text in one language."""

    def __init__(self, language: Language, *, personal: bool = False) -> None:
        self._language = language
        self._personal = personal
        self._explained: set[Message] = set()

    def exchange(self, exchange: Exchange, charset: Charset) -> Iterator[str]:
        """What was said, what came back, and each field of it."""
        delimiter = exchange.way.delimiter
        yield ""
        yield f"== {self._of(PURPOSES[exchange.purpose])}"
        yield f"   → {shown(exchange.sent, charset, delimiter)}"
        closed = self._of(WORDS["closed"]) if exchange.closed else ""
        if not exchange.got:
            yield f"   ← {self._of(WORDS['none'])} {exchange.after_s:.2f} s{closed}"
            return
        told = shown(exchange.got, charset, delimiter, personal=self._personal)
        yield f"   ← {told}  {exchange.after_s:.2f} s{closed}"
        for seen in exchange.frames(charset):
            if seen.message is None:
                yield f"     {self._of(WORDS['strange'])}"
                continue
            identifier = seen.message.layout.id
            before = f"  {self._of(WORDS['before'])}" if seen.message in self._explained else ""
            yield f"     {identifier} {self._of(MESSAGE_NAMES[identifier])}{before}"
            if before:
                continue
            self._explained.add(seen.message)
            for row in explain(seen.message, personal=self._personal):
                meaning = f"  ({self._of(row.meaning)})" if row.meaning else ""
                yield f"       {row.code or '·':2} {row.name.zh} / {row.name.en}: {row.value}{meaning}"

    def silence(self) -> str:
        """Nothing was heard in any way."""
        return self._of(WORDS["silent"])

    def findings(self, findings: list[Finding]) -> Iterator[str]:
        """One line each, with the key that it sets."""
        yield ""
        yield f"== {self._of(WORDS['findings'])}"
        for finding in findings:
            key = f"  [{finding.key}]" if finding.key and finding.binding else ""
            yield f"   - {printable(self._of(Name(finding.zh, finding.en)))}{key}"

    def proposal(self, proposal: Proposal, *, tried: bool = False) -> Iterator[str]:
        """The dialect and its overrides, ready to be copied; `tried`: a book was lent."""
        title = load(proposal.dialect).title
        yield ""
        yield f"== {self._of(WORDS['proposal'])}: {title}"
        if proposal.signs:
            yield "   " + self._of(WORDS["fits"]).format(title, proposal.signs)
        yield f"   {self._of(WORDS['kiosk'])}"
        yield ""
        yield f'dialect = "{proposal.dialect}"'
        if proposal.overrides:
            yield f"overrides = '''\n{proposal.overrides}\n'''"
        yield ""
        if not tried:
            yield f"   {self._of(WORDS['unsure'])}"

    def _of(self, name: Name) -> str:
        return name.zh if self._language == "zh" else name.en
