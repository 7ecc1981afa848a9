"""Literal payloads: what stands on the wire and in journals for years. Lines are added, never changed."""

from __future__ import annotations

from wire import facts as f
from wire.condition import CentralCondition, Condition, Reading, Trouble, Vitals
from wire.orders import Order, Watermark

JOURNAL = "5f0c1d2e3f405162738495a6b7c8d9ea"
OLD_JOURNAL = "00112233445566778899aabbccddeeff"
READER = "9a8b7c6d5e4f30211203f4e5d6c7b8a9"
BOOT = "0c1d2e3f"
TXN = "00f1e2d3c4b5a697"

FACTS: dict[f.Fact, str] = {
    f.KioskStarted("0.1.0", JOURNAL, unclean=True): f'{{"kind":"kiosk.started","version":"0.1.0","journal":"{JOURNAL}","unclean":true}}',
    f.KioskStopped("asked"): '{"kind":"kiosk.stopped","why":"asked"}',
    f.FaultRaised(401, "pad", "no answer"): '{"kind":"fault.raised","fault":401,"device":"pad","cause":"no answer"}',
    f.FaultCleared(401, "pad"): '{"kind":"fault.cleared","fault":401,"device":"pad"}',
    f.MessagesRefused(3, "shuwu/1/zhen-24h-1/orders", "not signed"): '{"kind":"messages.refused","count":3,"topic":"shuwu/1/zhen-24h-1/orders","why":"not signed"}',
    f.FactsLost(7): '{"kind":"facts.lost","count":7}',
    f.EntryGranted(READER, "adult", "list", "staff", 2, ("shared",)): f'{{"kind":"entry.granted","reader":"{READER}","reader_type":"adult","decided_by":"list","role":"staff","companions":2,"marks":["shared"]}}',
    f.EntryRefused(102, READER): f'{{"kind":"entry.refused","fault":102,"reader":"{READER}"}}',
    f.VisitEntered(2, "counter"): '{"kind":"visit.entered","persons":2,"method":"counter"}',
    f.VisitEntered(3, "card", check=True, companions=2, again=True, unattended=True): '{"kind":"visit.entered","persons":3,"method":"card","check":true,"companions":2,"again":true,"unattended":true}',
    f.VisitLeft(1, "card", check=True, stays=1, stayed_s=3600): '{"kind":"visit.left","persons":1,"method":"card","check":true,"stays":1,"stayed_s":3600}',
    f.EntryApart(1, "counter", "closed"): '{"kind":"entry.apart","persons":1,"method":"counter","why":"closed"}',
    f.OccupancyPeaked("2026-11-22", 17): '{"kind":"occupancy.peaked","day":"2026-11-22","inside":17}',
    f.OccupancyCorrected(3, 0, "order", 7): '{"kind":"occupancy.corrected","was":3,"inside":0,"why":"order","order":7}',
    f.DoorReleased("order", 12): '{"kind":"door.released","why":"order","order":12}',
    f.DoorOpened(42, recovered=True): '{"kind":"door.opened","openings":42,"recovered":true}',
    f.DoorForced(43): '{"kind":"door.forced","openings":43}',
    f.ExitPressed(): '{"kind":"exit.pressed"}',
    f.FireRaised(): '{"kind":"fire.raised"}',
    f.FireCleared(): '{"kind":"fire.cleared"}',
    f.GateAlarmed("E004010012345678", "B1"): '{"kind":"gate.alarmed","uid":"E004010012345678","item":"B1"}',
    f.GateNamed("E004010012345678", "B1", "三体", "out"): '{"kind":"gate.named","uid":"E004010012345678","item":"B1","title":"三体","loan":"out"}',
    f.GateExcused("E004010012345678", "B1", "lent_here"): '{"kind":"gate.excused","uid":"E004010012345678","item":"B1","why":"lent_here"}',
    f.GateReturned("E004010012345678", "B1"): '{"kind":"gate.returned","uid":"E004010012345678","item":"B1"}',
    f.DrillBegun("fire"): '{"kind":"drill.begun","drill":"fire"}',
    f.DrillEnded("evacuation", "time"): '{"kind":"drill.ended","drill":"evacuation","why":"time"}',
    f.RoomMeasured("hall_temperature", "Cel", 21.5, 20.5, 22.5): '{"kind":"room.measured","point":"hall_temperature","unit":"Cel","value":21.5,"low":20.5,"high":22.5}',
    f.RoomDisinfected("uv_cabinet", 30, complete=False): '{"kind":"room.disinfected","cabinet":"uv_cabinet","seconds":30,"complete":false}',
    f.RoomOpened(staffed=True): '{"kind":"room.opened","staffed":true}',
    f.RoomClosing(15, 3): '{"kind":"room.closing","minutes":15,"inside":3}',
    f.RoomClosed("cleaning", 1): '{"kind":"room.closed","why":"cleaning","inside":1}',
    f.RoomTested(5, ("lamp",)): '{"kind":"room.tested","answering":5,"silent":["lamp"]}',
    f.RoomArmed(1): '{"kind":"room.armed","inside":1}',
    f.RoomDisarmed("staff"): '{"kind":"room.disarmed","why":"staff"}',
    f.StayReminded(490): '{"kind":"stay.reminded","minutes":490}',
    f.SessionOpened(READER, "adult"): f'{{"kind":"session.opened","reader":"{READER}","reader_type":"adult"}}',
    f.SessionClosed("idle", 4, 1, 1, 62): '{"kind":"session.closed","why":"idle","loans":4,"returns":1,"refusals":1,"seconds":62}',
    f.ReaderRefused(101, READER): f'{{"kind":"reader.refused","fault":101,"reader":"{READER}"}}',
    f.LoanAsked(TXN, "B1", READER): f'{{"kind":"loan.asked","txn":"{TXN}","item":"B1","reader":"{READER}"}}',
    f.LoanMade(TXN, "B1", READER, "adult", "三体", "I247.55/1", "2026-03-31", settled=True): f'{{"kind":"loan.made","txn":"{TXN}","item":"B1","reader":"{READER}","reader_type":"adult","title":"三体","call_number":"I247.55/1","due":"2026-03-31","settled":true}}',
    f.LoanRefused(TXN, "B1", READER, 202): f'{{"kind":"loan.refused","txn":"{TXN}","item":"B1","reader":"{READER}","fault":202}}',
    f.LoanOwed(TXN, "B1", READER): f'{{"kind":"loan.owed","txn":"{TXN}","item":"B1","reader":"{READER}"}}',
    f.LoanAbandoned(TXN, "B1", READER): f'{{"kind":"loan.abandoned","txn":"{TXN}","item":"B1","reader":"{READER}"}}',
    f.ReturnAsked(TXN, "B1"): f'{{"kind":"return.asked","txn":"{TXN}","item":"B1"}}',
    f.ReturnMade(TXN, "B1", "三体", "I247.55/1", "xian", settled=True): f'{{"kind":"return.made","txn":"{TXN}","item":"B1","title":"三体","call_number":"I247.55/1","home":"xian","settled":true}}',
    f.ReturnRefused(TXN, "B1", 252): f'{{"kind":"return.refused","txn":"{TXN}","item":"B1","fault":252}}',
    f.ReturnOwed(TXN, "B1"): f'{{"kind":"return.owed","txn":"{TXN}","item":"B1"}}',
    f.ReturnAbandoned(TXN, "B1"): f'{{"kind":"return.abandoned","txn":"{TXN}","item":"B1"}}',
    f.TagChanged("E004010012345678", "B1", secured=False): '{"kind":"tag.changed","uid":"E004010012345678","item":"B1","secured":false}',
    f.TagUnchanged("E004010012345678", "B1", secured=False, fault=301): '{"kind":"tag.unchanged","uid":"E004010012345678","item":"B1","secured":false,"fault":301}',
    f.OrderDone(12, "door.release"): '{"kind":"order.done","order":12,"verb":"door.release"}',
    f.OrderRefused(12, "door.release", 901): '{"kind":"order.refused","order":12,"verb":"door.release","fault":901}',
    f.KioskStarted("0.1.0", JOURNAL, unclean=True, before=OLD_JOURNAL, why="damaged"): f'{{"kind":"kiosk.started","version":"0.1.0","journal":"{JOURNAL}","unclean":true,"before":"{OLD_JOURNAL}","why":"damaged"}}',
    f.FactsLost(1, "damaged"): '{"kind":"facts.lost","count":1,"why":"damaged"}',
    f.ClockCorrected(1_790_000_000_000): '{"kind":"clock.corrected","central_ms":1790000000000}',
    f.ListTaken("deny", 1_790_000_000_000, 12): '{"kind":"list.taken","list":"deny","version":1790000000000,"entries":12}',
    f.ListRefused("allow", 1_790_000_000_000, "not fetched"): '{"kind":"list.refused","list":"allow","version":1790000000000,"why":"not fetched"}',
    f.SessionOpened(READER, "adult", "list"): f'{{"kind":"session.opened","reader":"{READER}","reader_type":"adult","decided_by":"list"}}',
    f.PaymentWanted(TXN, READER, 1250, "17", "c2VhbGVk"): f'{{"kind":"payment.wanted","txn":"{TXN}","reader":"{READER}","amount_fen":1250,"fee":"17","sealed":"c2VhbGVk"}}',
    f.PaymentDropped(TXN, "left"): f'{{"kind":"payment.dropped","txn":"{TXN}","why":"left"}}',
    f.PaymentLapsed(TXN): f'{{"kind":"payment.lapsed","txn":"{TXN}"}}',
    f.PaymentTaken(TXN, "4200001", 1250): f'{{"kind":"payment.taken","txn":"{TXN}","provider_id":"4200001","amount_fen":1250}}',
    f.PaymentSettled(TXN, "4200001", 1250, by="staff"): f'{{"kind":"payment.settled","txn":"{TXN}","provider_id":"4200001","amount_fen":1250,"by":"staff"}}',
    f.PaymentRefused(TXN, "4200001", 1250, 166): f'{{"kind":"payment.refused","txn":"{TXN}","provider_id":"4200001","amount_fen":1250,"fault":166}}',
    f.HelpCalled(1790000, "desk", "identified", 301, 3, 1): '{"kind":"help.called","call":1790000,"place":"desk","scene":"identified","fault":301,"books":3,"stuck":1}',
    f.HelpAnswered(1790000, "solved"): '{"kind":"help.answered","call":1790000,"answer":"solved"}',
    f.HelpEnded(1790000, "staff"): '{"kind":"help.ended","call":1790000,"why":"staff"}',
    f.SurveyAnswered(3): '{"kind":"survey.answered","score":3}',
    f.RegisterAsked(TXN, READER): f'{{"kind":"register.asked","txn":"{TXN}","reader":"{READER}"}}',
    f.RegisterOwed(TXN, READER): f'{{"kind":"register.owed","txn":"{TXN}","reader":"{READER}"}}',
    f.ReaderRegistered(TXN, "id_card", "adult", settled=True, by="staff"): f'{{"kind":"reader.registered","txn":"{TXN}","credential":"id_card","reader_type":"adult","settled":true,"by":"staff"}}',
    f.RegisterRefused(TXN, READER, 121): f'{{"kind":"register.refused","txn":"{TXN}","reader":"{READER}","fault":121}}',
    f.RegisterAbandoned(TXN, READER, "staff"): f'{{"kind":"register.abandoned","txn":"{TXN}","reader":"{READER}","by":"staff"}}',
    f.LoanGranted(TXN, "B1", READER, "adult", "三体", "I247.55/1", "2026-03-31", "list", "c2VhbGVk"): f'{{"kind":"loan.granted","txn":"{TXN}","item":"B1","reader":"{READER}","reader_type":"adult","title":"三体","call_number":"I247.55/1","due":"2026-03-31","decided_by":"list","sealed":"c2VhbGVk"}}',
    f.LoanMade(TXN, "B1", READER, settled=True, granted=True, forced=True, by="staff"): f'{{"kind":"loan.made","txn":"{TXN}","item":"B1","reader":"{READER}","settled":true,"granted":true,"forced":true,"by":"staff"}}',
    f.LoanRefused(TXN, "B1", READER, 202, granted=True, sealed="c2VhbGVk"): f'{{"kind":"loan.refused","txn":"{TXN}","item":"B1","reader":"{READER}","fault":202,"granted":true,"sealed":"c2VhbGVk"}}',
    f.LoanRefused(TXN, "B1", READER, 206, settled=True): f'{{"kind":"loan.refused","txn":"{TXN}","item":"B1","reader":"{READER}","fault":206,"settled":true}}',
    f.LoanOwed(TXN, "B1", READER, "c2VhbGVk", was_lent=True): f'{{"kind":"loan.owed","txn":"{TXN}","item":"B1","reader":"{READER}","sealed":"c2VhbGVk","was_lent":true}}',
    f.LoanAbandoned(TXN, "B1", READER, "staff"): f'{{"kind":"loan.abandoned","txn":"{TXN}","item":"B1","reader":"{READER}","by":"staff"}}',
    f.LoanAbandoned(TXN, "B1", READER, unclear=True): f'{{"kind":"loan.abandoned","txn":"{TXN}","item":"B1","reader":"{READER}","unclear":true}}',
    f.RegisterAbandoned(TXN, READER, unclear=True): f'{{"kind":"register.abandoned","txn":"{TXN}","reader":"{READER}","unclear":true}}',
    f.ReturnTaken(TXN, "B1", "三体", "I247.55/1"): f'{{"kind":"return.taken","txn":"{TXN}","item":"B1","title":"三体","call_number":"I247.55/1"}}',
    f.ReturnMade(TXN, "B1", settled=True, taken=True, forced=True, by="staff"): f'{{"kind":"return.made","txn":"{TXN}","item":"B1","settled":true,"taken":true,"forced":true,"by":"staff"}}',
    f.ReturnRefused(TXN, "B1", 252, taken=True): f'{{"kind":"return.refused","txn":"{TXN}","item":"B1","fault":252,"taken":true}}',
    f.ReturnAbandoned(TXN, "B1", "staff"): f'{{"kind":"return.abandoned","txn":"{TXN}","item":"B1","by":"staff"}}',
    f.LoanMade(TXN, "B1", READER, read_here=True): f'{{"kind":"loan.made","txn":"{TXN}","item":"B1","reader":"{READER}","read_here":true}}',
    f.LoanRenewed(TXN, "B1", READER, "adult", "三体", "I247.55/1", "2026-04-30", forced=True): f'{{"kind":"loan.renewed","txn":"{TXN}","item":"B1","reader":"{READER}","reader_type":"adult","title":"三体","call_number":"I247.55/1","due":"2026-04-30","forced":true}}',
    f.LoanUndone(TXN, "B1", "三体", "I247.55/1"): f'{{"kind":"loan.undone","txn":"{TXN}","item":"B1","title":"三体","call_number":"I247.55/1"}}',
    f.ReturnUndone(TXN, "B1", READER, "三体", "I247.55/1"): f'{{"kind":"return.undone","txn":"{TXN}","item":"B1","reader":"{READER}","title":"三体","call_number":"I247.55/1"}}',
    f.LoanRenewed(TXN, "B1", READER, by_name=True): f'{{"kind":"loan.renewed","txn":"{TXN}","item":"B1","reader":"{READER}","by_name":true}}',
    f.HoldPlaced(TXN, "B1", READER, "三体"): f'{{"kind":"hold.placed","txn":"{TXN}","item":"B1","reader":"{READER}","title":"三体"}}',
    f.HoldCancelled(TXN, "B1", READER, "三体"): f'{{"kind":"hold.cancelled","txn":"{TXN}","item":"B1","reader":"{READER}","title":"三体"}}',
    f.PinReplaced(TXN, READER): f'{{"kind":"pin.replaced","txn":"{TXN}","reader":"{READER}"}}',
    f.ServiceEntered(READER): f'{{"kind":"service.entered","reader":"{READER}"}}',
    f.ServiceRefused(READER, 160, 2): f'{{"kind":"service.refused","reader":"{READER}","fault":160,"wrong":2}}',
    f.ServiceActed(READER, "device_tested", "pad"): f'{{"kind":"service.acted","reader":"{READER}","act":"device_tested","about":"pad"}}',
    f.ServiceLeft(READER, "idle"): f'{{"kind":"service.left","reader":"{READER}","why":"idle"}}',
    f.TagEncoded("E004010012345678", "B1", READER): f'{{"kind":"tag.encoded","uid":"E004010012345678","item":"B1","reader":"{READER}"}}',
}  # fmt: skip
"""A fact of each kind, all its fields told."""

OLDEST: dict[str, f.Fact] = {
    '{"kind":"fault.raised","fault":401}': f.FaultRaised(401),
    '{"kind":"fault.cleared","fault":401}': f.FaultCleared(401),
    f'{{"kind":"entry.granted","reader":"{READER}"}}': f.EntryGranted(READER, "", "ils", "reader", 0, ()),
    '{"kind":"entry.refused","fault":102}': f.EntryRefused(102, None),
    '{"kind":"door.released","why":"card"}': f.DoorReleased("card", 0),
    '{"kind":"door.opened","openings":42}': f.DoorOpened(42, recovered=False),
    '{"kind":"gate.alarmed","uid":"E004010012345678"}': f.GateAlarmed("E004010012345678", ""),
    '{"kind":"gate.named","uid":"E004010012345678","item":"B1"}': f.GateNamed("E004010012345678", "B1", "", "unknown"),
    '{"kind":"gate.returned","uid":"E004010012345678"}': f.GateReturned("E004010012345678", ""),
    '{"kind":"room.disinfected","cabinet":"uv_cabinet","seconds":30}': f.RoomDisinfected("uv_cabinet", 30, complete=True),
    '{"kind":"room.opened"}': f.RoomOpened(staffed=False),
    '{"kind":"room.closing","minutes":15}': f.RoomClosing(15, 0),
    '{"kind":"room.closed"}': f.RoomClosed("hours", 0),
    '{"kind":"room.tested","answering":5}': f.RoomTested(5, ()),
    '{"kind":"room.armed"}': f.RoomArmed(0),
    '{"kind":"visit.entered","persons":2,"method":"counter"}': f.VisitEntered(
        2, "counter", check=False, companions=0, again=False, unattended=False
    ),
    '{"kind":"visit.left","persons":1,"method":"card"}': f.VisitLeft(1, "card", check=False, stays=0, stayed_s=0),
    '{"kind":"occupancy.corrected","was":3,"inside":0,"why":"night"}': f.OccupancyCorrected(3, 0, "night", 0),
    '{"kind":"help.called","call":1790000,"place":"door","scene":"secured"}': f.HelpCalled(1790000, "door", "secured", None, 0, 0),
    f'{{"kind":"session.opened","reader":"{READER}"}}': f.SessionOpened(READER, ""),
    '{"kind":"reader.refused","fault":101}': f.ReaderRefused(101, None),
    f'{{"kind":"loan.made","txn":"{TXN}","item":"B1","reader":"{READER}"}}': f.LoanMade(TXN, "B1", READER),
    f'{{"kind":"return.made","txn":"{TXN}","item":"B1"}}': f.ReturnMade(TXN, "B1"),
    f'{{"kind":"loan.renewed","txn":"{TXN}","item":"B1","reader":"{READER}"}}': f.LoanRenewed(TXN, "B1", READER),
    f'{{"kind":"loan.undone","txn":"{TXN}","item":"B1"}}': f.LoanUndone(TXN, "B1"),
    f'{{"kind":"return.undone","txn":"{TXN}","item":"B1","reader":"{READER}"}}': f.ReturnUndone(TXN, "B1", READER),
    f'{{"kind":"kiosk.started","version":"0.1.0","journal":"{JOURNAL}","unclean":true}}': f.KioskStarted("0.1.0", JOURNAL, True, None, ""),
    '{"kind":"facts.lost","count":7}': f.FactsLost(7, "full"),
    f'{{"kind":"loan.granted","txn":"{TXN}","item":"B1","reader":"{READER}"}}': f.LoanGranted(TXN, "B1", READER, decided_by="rule"),
    f'{{"kind":"loan.refused","txn":"{TXN}","item":"B1","reader":"{READER}","fault":202}}': f.LoanRefused(TXN, "B1", READER, 202, granted=False, settled=False),
    f'{{"kind":"loan.owed","txn":"{TXN}","item":"B1","reader":"{READER}"}}': f.LoanOwed(TXN, "B1", READER, "", was_lent=False),
    f'{{"kind":"loan.abandoned","txn":"{TXN}","item":"B1","reader":"{READER}"}}': f.LoanAbandoned(TXN, "B1", READER, "ils"),
    f'{{"kind":"return.taken","txn":"{TXN}","item":"B1"}}': f.ReturnTaken(TXN, "B1", "", ""),
    f'{{"kind":"return.refused","txn":"{TXN}","item":"B1","fault":252}}': f.ReturnRefused(TXN, "B1", 252, taken=False),
    f'{{"kind":"reader.registered","txn":"{TXN}","credential":"id_card"}}': f.ReaderRegistered(TXN, "id_card"),
    f'{{"kind":"register.abandoned","txn":"{TXN}","reader":"{READER}"}}': f.RegisterAbandoned(TXN, READER, "ils"),
    f'{{"kind":"return.abandoned","txn":"{TXN}","item":"B1"}}': f.ReturnAbandoned(TXN, "B1", "ils"),
    f'{{"kind":"hold.placed","txn":"{TXN}","item":"B1","reader":"{READER}"}}': f.HoldPlaced(TXN, "B1", READER, ""),
    f'{{"kind":"hold.cancelled","txn":"{TXN}","item":"B1","reader":"{READER}"}}': f.HoldCancelled(TXN, "B1", READER, ""),
    f'{{"kind":"payment.wanted","txn":"{TXN}","reader":"{READER}","amount_fen":1250}}': f.PaymentWanted(TXN, READER, 1250, "", ""),
    f'{{"kind":"payment.settled","txn":"{TXN}","provider_id":"4200001","amount_fen":1250}}': f.PaymentSettled(TXN, "4200001", 1250, "ils"),
    f'{{"kind":"service.acted","reader":"{READER}","act":"sign_on"}}': f.ServiceActed(READER, "sign_on", ""),
}  # fmt: skip
"""Facts as the first kiosks wrote them, where a field has become optional since: what they mean."""

BATCH = (
    f'{{"schema":1,"journal":"{JOURNAL}","first":4711,"facts":['
    f'{{"wall_ms":1790000000000,"mono_ms":81234,"boot":"{BOOT}","set":true,'
    '"fact":{"kind":"visit.entered","persons":1,"method":"counter"}},'
    f'{{"wall_ms":1790000000250,"mono_ms":81484,"boot":"{BOOT}","set":false,"fact":{{"kind":"exit.pressed"}}}}]}}'
)

CONDITION = (
    Condition(
        session=17,
        state="degraded",
        since_ms=1790000000000,
        troubles=(Trouble(404, "gate", 1790000000000, "no answer"),),
        why="",
        version="0.1.0",
        boot=BOOT,
        journal=JOURNAL,
        roles=("desk", "room"),
        devices={"pad": "FEIG ID ISC.MR102, firmware 2.06"},
        config="0123456789abcdef",
        occupancy=3,
        capacity=30,
    ),
    (
        '{"session":17,"state":"degraded","since_ms":1790000000000,"troubles":[{"fault":404,"device":"gate",'
        '"since_ms":1790000000000,"cause":"no answer"}],"why":"","version":"0.1.0",'
        f'"boot":"{BOOT}","journal":"{JOURNAL}","roles":["desk","room"],'
        '"devices":{"pad":"FEIG ID ISC.MR102, firmware 2.06"},"config":"0123456789abcdef","occupancy":3,"capacity":30,"schema":1}'
    ),
)
VITALS = (
    Vitals(1790000000000, 3600, 5, 81920, 20480, 12.5, 2, {"hall": Reading(21.5, "Cel")}),
    (
        '{"wall_ms":1790000000000,"uptime_s":3600,"backlog":5,"memory_kib":81920,"disk_free_mib":20480,'
        '"ils_round_trip_ms":12.5,"refused":2,"readings":{"hall":{"value":21.5,"unit":"Cel"}},"schema":1}'
    ),
)
CENTRAL_CONDITION = (
    CentralCondition(online=True, session=1790000000000),
    '{"online":true,"session":1790000000000,"schema":1}',
)
WATERMARK = (
    Watermark(JOURNAL, 1790000000000, 4712, 1790000000500),
    f'{{"journal":"{JOURNAL}","epoch":1790000000000,"seq":4712,"central_ms":1790000000500}}',
)
FORKED = (
    Watermark(JOURNAL, 1790000000000, 4712, 1790000000500, forked=True),
    f'{{"journal":"{JOURNAL}","epoch":1790000000000,"seq":4712,"central_ms":1790000000500,"forked":true}}',
)
SETTLE = (
    Order(13, "debt.settle", 1790000000000, 1790086400000, txn=TXN, verdict="never"),
    (
        '{"number":13,"verb":"debt.settle","issued_ms":1790000000000,"deadline_ms":1790086400000,'
        f'"txn":"{TXN}","verdict":"never"}}'
    ),
)
SHOW = (
    Order(14, "payment.show", 1790000000000, 1790000300000, txn=TXN, code="https://pay.example/x"),
    (
        '{"number":14,"verb":"payment.show","issued_ms":1790000000000,"deadline_ms":1790000300000,'
        f'"txn":"{TXN}","code":"https://pay.example/x"}}'
    ),
)
PAID = (
    Order(15, "payment.made", 1790000000000, 1790086400000, txn=TXN, provider_id="4200001", amount_fen=1250),
    (
        '{"number":15,"verb":"payment.made","issued_ms":1790000000000,"deadline_ms":1790086400000,'
        f'"txn":"{TXN}","provider_id":"4200001","amount_fen":1250}}'
    ),
)
DRILL = (
    Order(17, "room.drill", 1790000000000, 1790000060000, drill="evacuation"),
    '{"number":17,"verb":"room.drill","issued_ms":1790000000000,"deadline_ms":1790000060000,"drill":"evacuation"}',
)
COUNT = (
    Order(18, "room.count", 1790000000000, 1790000015000, BOOT, persons=4),
    (
        '{"number":18,"verb":"room.count","issued_ms":1790000000000,"deadline_ms":1790000015000,'
        f'"boot":"{BOOT}","persons":4}}'
    ),
)
TALK = (
    Order(16, "help.say", 1790000000000, 1790000120000, boot="0123abcd", call=1790000, text="请把书放平"),
    (
        '{"number":16,"verb":"help.say","issued_ms":1790000000000,"deadline_ms":1790000120000,'
        '"boot":"0123abcd","call":1790000,"text":"请把书放平"}'
    ),
)
ORDER = (
    Order(12, "door.release", 1790000000000, 1790000015000, BOOT, 5),
    (
        '{"number":12,"verb":"door.release","issued_ms":1790000000000,"deadline_ms":1790000015000,'
        f'"boot":"{BOOT}","seconds":5}}'
    ),
)

SEED = bytes(range(32))
"""A private key of nobody's, its public key, and the order signed with it by OpenSSL (`pkeyutl -sign -rawin`)."""
PUBLIC = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
ORDERS = "shuwu/1/zhen-24h-1/orders"
SIGNED_ORDER = (
    r'{"schema":1,"body":"{\"number\":12,\"verb\":\"door.release\",\"issued_ms\":1790000000000,'
    r'\"deadline_ms\":1790000015000,\"boot\":\"0c1d2e3f\",\"seconds\":5}",'
    '"sig":"R1U/0OEan/cYSwGhXrAfQZhiuoVw1/L/ZFXpm0NslJwwzLnutjdbgTyskD13HMMzfdFEqQN/nbEcxxXEfzSbBg=="}'
)
