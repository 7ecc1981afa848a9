"""Every message of SIP 2.00, and what Chinese systems added to it, declared once.

Terms are the specification's (3M SIP 2.00, document revision 2.12); codes stand in
`wire.sip2.fields`, values in `wire.sip2.codes`, the three sorts of field in `wire.sip2.declare`.
SC is the terminal, ACS the library's system. Requests end in nothing, answers in `Response` or `Status`.

    93  Login                →  94  LoginResponse
    99  ScStatus             →  98  AcsStatus
    23  PatronStatusRequest  →  24  PatronStatusResponse
    63  PatronInformation    →  64  PatronInformationResponse
    35  EndPatronSession     →  36  EndSessionResponse
    01  BlockPatron          →  24  PatronStatusResponse
    25  PatronEnable         →  26  PatronEnableResponse
    11  Checkout             →  12  CheckoutResponse
    09  Checkin              →  10  CheckinResponse
    29  Renew                →  30  RenewResponse
    65  RenewAll             →  66  RenewAllResponse
    17  ItemInformation      →  18  ItemInformationResponse
    19  ItemStatusUpdate     →  20  ItemStatusUpdateResponse
    15  Hold                 →  16  HoldResponse
    37  FeePaid              →  38  FeePaidResponse
    81  Register             →  82  RegisterResponse
    85  FindReader           →  86  FindReaderResponse
    91  IsTaken              →  92  IsTakenResponse
    21  ChangePin            →  22  ChangePinResponse
    27  ItemFieldUpdate      →  28  ItemFieldUpdateResponse
    97  RequestAcsResend     →  the last answer again        96  RequestScResend  →  the last request again

Beyond the specification: CV CT CS CR CY DA (sorters), XT XD (Chinese systems), and our own YF, the
number of the fault in Shuwu's catalogue (`wire.faults`) that refused a reader or an item.
"""

from __future__ import annotations

from wire.sip2.declare import Message
from wire.sip2.messages.chinese import (
    ChangePin,
    ChangePinResponse,
    FindReader,
    FindReaderResponse,
    IsTaken,
    IsTakenResponse,
    ItemFieldUpdate,
    ItemFieldUpdateResponse,
    Register,
    RegisterResponse,
)
from wire.sip2.messages.connection import (
    AcsStatus,
    Login,
    LoginResponse,
    RequestAcsResend,
    RequestScResend,
    ScStatus,
)
from wire.sip2.messages.fee import FeePaid, FeePaidResponse
from wire.sip2.messages.item import (
    Hold,
    HoldResponse,
    ItemInformation,
    ItemInformationResponse,
    ItemStatusUpdate,
    ItemStatusUpdateResponse,
)
from wire.sip2.messages.loan import (
    Checkin,
    CheckinResponse,
    Checkout,
    CheckoutResponse,
    Renew,
    RenewAll,
    RenewAllResponse,
    RenewResponse,
)
from wire.sip2.messages.patron import (
    BlockPatron,
    EndPatronSession,
    EndSessionResponse,
    PatronEnable,
    PatronEnableResponse,
    PatronInformation,
    PatronInformationResponse,
    PatronStatusRequest,
    PatronStatusResponse,
)

ANSWERED_BY: dict[type[Message], type[Message]] = {
    Login: LoginResponse,
    ScStatus: AcsStatus,
    PatronStatusRequest: PatronStatusResponse,
    PatronInformation: PatronInformationResponse,
    EndPatronSession: EndSessionResponse,
    BlockPatron: PatronStatusResponse,
    PatronEnable: PatronEnableResponse,
    Checkout: CheckoutResponse,
    Checkin: CheckinResponse,
    Renew: RenewResponse,
    RenewAll: RenewAllResponse,
    ItemInformation: ItemInformationResponse,
    ItemStatusUpdate: ItemStatusUpdateResponse,
    Hold: HoldResponse,
    FeePaid: FeePaidResponse,
    Register: RegisterResponse,
    FindReader: FindReaderResponse,
    IsTaken: IsTakenResponse,
    ChangePin: ChangePinResponse,
    ItemFieldUpdate: ItemFieldUpdateResponse,
}
"""The answer to each request, asked by the SC."""

_RESENDS: tuple[type[Message], ...] = (RequestAcsResend, RequestScResend)

MESSAGES: dict[str, type[Message]] = {
    cls.layout.id: cls for cls in (*ANSWERED_BY, *ANSWERED_BY.values(), *_RESENDS)
}
"""Every message by its identifier."""

__all__ = [
    "ANSWERED_BY",
    "MESSAGES",
    "AcsStatus",
    "BlockPatron",
    "ChangePin",
    "ChangePinResponse",
    "Checkin",
    "CheckinResponse",
    "Checkout",
    "CheckoutResponse",
    "EndPatronSession",
    "EndSessionResponse",
    "FeePaid",
    "FeePaidResponse",
    "FindReader",
    "FindReaderResponse",
    "Hold",
    "HoldResponse",
    "IsTaken",
    "IsTakenResponse",
    "ItemFieldUpdate",
    "ItemFieldUpdateResponse",
    "ItemInformation",
    "ItemInformationResponse",
    "ItemStatusUpdate",
    "ItemStatusUpdateResponse",
    "Login",
    "LoginResponse",
    "PatronEnable",
    "PatronEnableResponse",
    "PatronInformation",
    "PatronInformationResponse",
    "PatronStatusRequest",
    "PatronStatusResponse",
    "Register",
    "RegisterResponse",
    "Renew",
    "RenewAll",
    "RenewAllResponse",
    "RenewResponse",
    "RequestAcsResend",
    "RequestScResend",
    "ScStatus",
]
