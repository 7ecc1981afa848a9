"""Values that fixed and variable fields take. Source: 3M SIP 2.00, document revision 2.12.

Messages carry plain `str` and `int`, so that a value which no table knows survives; members of these
enumerations compare equal to them.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class PatronFlag(IntEnum):
    """Index into the 14 characters of the patron status (24, 64): each says that something is denied."""

    CHARGE_DENIED = 0
    RENEWAL_DENIED = 1
    RECALL_DENIED = 2
    HOLD_DENIED = 3
    CARD_LOST = 4
    TOO_MANY_CHARGED = 5
    TOO_MANY_OVERDUE = 6
    TOO_MANY_RENEWALS = 7
    TOO_MANY_CLAIMS_RETURNED = 8
    TOO_MANY_LOST = 9
    EXCESSIVE_FINES = 10
    EXCESSIVE_FEES = 11
    RECALL_OVERDUE = 12
    TOO_MANY_BILLED = 13


class Summary(IntEnum):
    """Index into the 10 characters of the summary (63). By the specification one at a time; 6 to 9 are free."""

    HOLD = 0
    OVERDUE = 1
    CHARGED = 2
    FINE = 3
    RECALL = 4
    UNAVAILABLE_HOLD = 5


class Supported(IntEnum):
    """Index into BX (98): which messages the ACS answers."""

    PATRON_STATUS = 0
    CHECKOUT = 1
    CHECKIN = 2
    BLOCK_PATRON = 3
    STATUS = 4
    RESEND = 5
    LOGIN = 6
    PATRON_INFORMATION = 7
    END_SESSION = 8
    FEE_PAID = 9
    ITEM_INFORMATION = 10
    ITEM_STATUS_UPDATE = 11
    PATRON_ENABLE = 12
    HOLD = 13
    RENEW = 14
    RENEW_ALL = 15


class ScStatusCode(StrEnum):
    """99, first character."""

    OK = "0"
    OUT_OF_PAPER = "1"
    SHUTTING_DOWN = "2"


class CirculationStatus(StrEnum):
    """18, first two characters."""

    OTHER = "01"
    ON_ORDER = "02"
    AVAILABLE = "03"
    CHARGED = "04"
    CHARGED_UNTIL_RECALL = "05"
    IN_PROCESS = "06"
    RECALLED = "07"
    ON_HOLD_SHELF = "08"
    TO_BE_RESHELVED = "09"
    IN_TRANSIT = "10"
    CLAIMED_RETURNED = "11"
    LOST = "12"
    MISSING = "13"


class SecurityMarker(StrEnum):
    """18, third and fourth character."""

    OTHER = "00"
    NONE = "01"
    TATTLE_TAPE = "02"
    WHISPER_TAPE = "03"


class FeeType(StrEnum):
    """18, fifth and sixth character; BT."""

    OTHER = "01"
    ADMINISTRATIVE = "02"
    DAMAGE = "03"
    OVERDUE = "04"
    PROCESSING = "05"
    RENTAL = "06"
    REPLACEMENT = "07"
    COMPUTER = "08"
    HOLD = "09"


class PaymentType(StrEnum):
    """37, third and fourth character after the date."""

    CASH = "00"
    VISA = "01"
    CREDIT_CARD = "02"


class HoldMode(StrEnum):
    """15, first character."""

    ADD = "+"
    DELETE = "-"
    CHANGE = "*"


class HoldType(StrEnum):
    """BY."""

    OTHER = "1"
    ANY_COPY = "2"
    THIS_COPY = "3"
    ANY_COPY_HERE = "4"


class RegisterOperation(StrEnum):
    """XK of 81."""

    WITH_DEPOSIT = "01"
    MODIFY = "02"
    WITHOUT_DEPOSIT = "11"
    CHANGE_PASSWORD = "14"  # noqa: S105 - a code


BY_ID_CARD = "13"
"""XK of 85: the reader is named by XO."""


class MediaType(StrEnum):
    """CK."""

    OTHER = "000"
    BOOK = "001"
    MAGAZINE = "002"
    BOUND_JOURNAL = "003"
    AUDIO_TAPE = "004"
    VIDEO_TAPE = "005"
    CD = "006"
    DISKETTE = "007"
    BOOK_WITH_DISKETTE = "008"
    BOOK_WITH_CD = "009"
    BOOK_WITH_AUDIO_TAPE = "010"


class AlertType(StrEnum):
    """CV (10): why a returned item is for staff. An extension that sorters made common."""

    NONE = "00"
    HOLD_HERE = "01"
    HOLD_ELSEWHERE = "02"
    INTERLIBRARY_LOAN = "03"
    TRANSIT = "04"
    OTHER = "99"


class Language(StrEnum):
    """Three digits of 23, 24, 63, 64; those that are asked for here."""

    UNKNOWN = "000"
    ENGLISH = "001"
    CHINESE = "019"
