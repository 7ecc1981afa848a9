"""What a book that was lent for a try shows: words, fixed fields, copies, the account. Pure; one rule a function."""

from __future__ import annotations

import re
from collections.abc import Iterator

from central.circulation.trying.findings import Evidence, Finding, Rule
from central.circulation.trying.lending import UNLESS, WORD, changed_nothing, is_lent, is_met
from central.circulation.trying.talk import Exchange, Purpose
from wire.sip2.messages import CheckinResponse, CheckoutResponse, RenewResponse

_LOANS: tuple[Purpose, ...] = ("checkout", "checkout, account in it", "checkout, dated")

_BARE = re.compile(rb"(?:\A|[\r\n])(10|12|30)[A-Z][A-Z]")
"""An answer whose fields begin at once."""


def _last(at: Evidence, *purposes: Purpose) -> Exchange | None:
    found = [exchange for exchange in at.talk.exchanges if exchange.purpose in purposes]
    return found[-1] if found else None


def _was_lent(at: Evidence) -> bool | None:
    """By the item's status; None: there was nothing, or it does not tell."""
    before, after = _last(at, "before lending"), _last(at, "after lending")
    return is_lent(after, before) if before and after else None


def _out_already(at: Evidence) -> Iterator[Finding]:
    before = _last(at, "before lending")
    if before and is_lent(before, None) and not at.talk.of("checkout"):
        yield Finding(
            "试借的书已经借出,没有动它。请换一本在架的。",
            "The book for the try is on loan already, and was left alone. Name one that is on the shelf.",
        )


def _words(at: Evidence) -> Iterator[Finding]:
    """The flag of the last 12 against what became of the item."""
    lent, asked = _was_lent(at), _last(at, *_LOANS)
    if lent is None or asked is None:
        return
    for answer in at.answers(CheckoutResponse, asked.purpose):
        said = "".join(answer.screen_message).strip()
        if answer.ok == lent:
            continue
        if not said:
            yield Finding(
                "12 的成功标志与实际不符,也没有文字可看:这样的系统不能用。",
                "The flag of the 12 is not what happened, and there are no words: such a system cannot be used.",
            )
        elif lent:
            words = {"yes": [WORD], "no": UNLESS} if WORD in said else {"yes": [said]}
            for key, value in words.items():
                yield Finding(
                    f"借出了而标志是 0,要看文字:{said}({key})",
                    f"It was lent though the flag is 0; the words say so: {said} ({key})",
                    f"ok_by_text.{key}",
                    value,
                )
        else:
            yield Finding(
                f"没有借出而标志是 1,要看文字:{said}",
                f"It was not lent though the flag is 1; the words say so: {said}",
                "ok_by_text.no",
                [said],
            )


def _account(at: Evidence) -> Iterator[Finding]:
    if at.talk.of("checkout, account in it") and _was_lent(at):
        yield Finding(
            "借还续借都要带上账号(CN)。",
            "The account must stand in each loan, return and renewal (CN).",
            "repeat_login_in",
            ["09", "11", "29"],
        )


def _dated(at: Evidence) -> Iterator[Finding]:
    dated = at.talk.of("checkout, dated")
    if any(is_met(asked) for asked in dated):
        yield Finding(
            "借书(11)要求离线应还日期总是日期。",
            "A checkout (11) is answered with a no-block due date in it alone.",
            "nb_due_date_always",
            value=True,
        )


def _unanswered(at: Evidence) -> Iterator[Finding]:
    """Loud: whatever else was found out, nothing can be lent there."""
    asked = at.talk.of(*_LOANS)
    if asked and not any(is_met(one) for one in asked):
        yield Finding("!! 借书(11)没有应答。", "!! A checkout (11) is not answered.")


def _copies(at: Evidence) -> Iterator[Finding]:
    first, again = _last(at, "checkout"), _last(at, "checkout again")
    if first is None or again is None:
        return
    if again.got and again.got == first.got:
        yield Finding(
            '同样的借书再发一次,应答一字不差:多半只借一次。厂商确认后可设 retransmit = "all"。',
            "The same checkout once more had the same answer to the octet: it is likely done once. If its maker says"
            ' so, set retransmit = "all".',
        )
    else:
        yield Finding(
            "同样的借书再发一次,被当作另一次:retransmit 不要改。",
            "The same checkout once more was taken for another one: leave retransmit as it is.",
        )


def _renewals(at: Evidence) -> Iterator[Finding]:
    full, bare = _last(at, "renew"), _last(at, "renew, no fixed fields")
    if full is None or bare is None:
        return
    if is_met(bare):
        yield Finding(
            "续借(29)没有固定字段。",
            "A renewal (29) has no fixed fields.",
            "no_fixed",
            frozenset({"29"}),
        )
    else:
        yield Finding(
            "续借(29)没有应答。", "A renewal (29) is not answered.", "lacks", frozenset({"29"}), binding=False
        )


def _bare_answers(at: Evidence) -> Iterator[Finding]:
    for identifier in sorted(
        {match[1].decode() for e in at.talk.exchanges for match in _BARE.finditer(e.got)}
    ):
        yield Finding(
            f"应答 {identifier} 没有固定字段。",
            f"Its {identifier} has no fixed fields.",
            "no_fixed",
            frozenset({identifier}),
        )


def _desensitize(at: Evidence) -> Iterator[Finding]:
    answer = at.answer(CheckoutResponse, *_LOANS)
    if answer and _was_lent(at) and answer.desensitize is False and not answer.magnetic_media:
        yield Finding(
            "借出时不要求消磁(N):这本书若可以带走,N 就不作数。",
            "It lends with desensitize N: if this book may leave, N means nothing.",
            "means_desensitize",
            False,
        )


def _given_back(at: Evidence) -> Iterator[Finding]:
    """Loud where it may be on loan still."""
    asked = _last(at, *_LOANS)
    if asked is None:
        return
    before, lent = _last(at, "before lending"), _last(at, "after lending")
    if before and lent and not at.talk.of("checkin") and changed_nothing(asked, before, lent):
        yield Finding(
            "试借没有借成,也就没有还:看看这本书是否正借给读者。",
            "The book was not lent for the try, and so not returned: see whether a reader has it.",
        )
        return
    after = _last(at, "after returning")
    now = is_lent(after, None) if after else None
    taken = any(answer.ok for answer in at.answers(CheckinResponse, "checkin"))
    if now or (now is None and not taken):
        yield Finding(
            "!! 试借的书可能还在借,请到图书馆系统中还掉。",
            "!! The book for the try may still be on loan: return it in the library system.",
        )
    else:
        yield Finding("试借的书已还回。", "The book for the try was given back.")


def _renewed(at: Evidence) -> Iterator[Finding]:
    for answer in at.answers(RenewResponse, "renew", "renew, no fixed fields"):
        word = "予以续借" if answer.ok else "未予续借"
        yield Finding(
            f"续借得到应答({word})。", f"Renewals are answered ({'renewed' if answer.ok else 'refused'})."
        )


LENDING_RULES: tuple[Rule, ...] = (
    _out_already,
    _words,
    _account,
    _dated,
    _unanswered,
    _copies,
    _renewals,
    _renewed,
    _bare_answers,
    _desensitize,
    _given_back,
)
