"""One system of each dialect, as public client code and the specification know it, and what is to be found of it."""

from __future__ import annotations

from tests.central.circulation.trying.systems import System

READER = (
    "64              019{date}000000000002000000000000AOzhen|AAR1|AEWang|BZ0005|CB0010|BLY|CQY|AUB1|AUB2|"
)
ITEM = "18030001{date}ABB1|AJThree Body|"

KINDS: dict[str, tuple[System, str, str]] = {
    # what it is: the system, the dialect that is proposed, what the overrides say
    "generic": (System({"63": READER, "23": "24              019{date}AOzhen|AAR1|AEWang|BLY|", "17 B1": ITEM}), "generic", ""),
    "koha": (System({"63": READER + "PCJ|", "17 B1": ITEM}, end="\r\n"), "koha", ""),
    "evergreen": (
        System({"63": READER + "PA20501231|PB19640925|PCA|PIY|XIdjfiander|", "17 B1": ITEM}, checks_sums=True),
        "evergreen",
        "",
    ),
    "sierra": (
        System({"63": READER.replace("AOzhen|", "AOnypl |"), "17 B1": ITEM}, date="202609210000234007"),
        "sierra",
        "",
    ),
    "folio": (
        System({"63": READER.replace("AEWang", "AELé Carré"), "17 B1": ITEM}, charset="cp850"),
        "folio",
        "",
    ),
    "polaris": (System({"63": READER, "17 B1": ITEM}, greets="signed in"), "generic", ""),
    "dp2": (
        System(
            {"63": READER.replace("Wang", "湾仔枪神").replace("BZ0005", "BZ0008") + "AF还可以再借【8】册|", "17 B1": ITEM},
            sums="dp2", sequence="4", before="|",
        ),
        "dp2",
        "",
    ),
    "interlib": (
        System(
            {
                "63": "64              019{date}000000000002000000000000AOzhen|AAR1|AE张三|BZ0008|CB10|BV100|BLY|ASB1|ASB2|XT01|XD20301231|",
                "17 B1": "18030001{date}ABB1|AJ三体|KCI247.55/1|KPA1|",
            },
            charset="gbk", sums="constant", sequence="3", after="|", repeats=False, end="\r\n",
        ),
        "interlib",
        "",
    ),
    "jinpan": (
        System(
            {"63": READER.replace("Wang", "王小明"), "17 B1": "18030001{date}ABB1|AJ三体|AQI247.55/1|"}, charset="gbk"
        ),
        "jinpan",
        "",
    ),
    "wenhua": (
        System(
            {"63": READER.replace("Wang", "王小明"), "17 B1": ITEM}, end="\r\n", sums="constant",
        ),
        "wenhua",
        "",
    ),
    # ---- systems that nobody has met
    "a caret for a delimiter": (System({"63": READER}, delimiter="^"), "generic", 'delimiter = "^"'),
    "line feeds alone": (System({"63": READER}, hears="\n", end="\n", hangs_up=False), "wenhua", "lf_ends = true"),
    "no sums at all": (
        System({"63": READER}, fears_sums=True, sums="none"), "generic", '[checksum]\nemit = "none"',
    ),
    "sums are a must": (System({"63": READER}, wants_sums=True, checks_sums=True), "generic", ""),
    "no 99": (System({"63": READER}, greets="never", hangs_up=False), "generic", 'opening = ["93"]\nlacks = ["21", "27", "81", "85", "91", "99"]'),
    "no login": (System({"63": READER}, logs_in=False), "generic", 'opening = ["99"]'),
    "items in one field": (
        System({"63": READER.replace("AUB1|AUB2|", "AUB1,B2|")}), "generic", 'list_separator = ","',
    ),
    "titles for numbers": (
        System({"63": READER.replace("AUB1|AUB2|", "AUThree Body|AUDeath's End|")}), "generic", "lists_titles = true",
    ),
    "day before month, with seconds": (
        System({"63": READER, "17 B1": "18040001{date}ABB1|AJT|AH25/12/2026 23:59:00|"}),
        "generic",
        'due_dates = ["%d/%m/%Y %H:%M:%S"]',
    ),
    "day before month, by the twelve-hour clock": (
        System({"63": READER, "17 B1": "18040001{date}ABB1|AJT|AH25/12/2026 11:59 PM|"}),
        "generic",
        'due_dates = ["%d/%m/%Y %I:%M %p"]',
    ),
    "day before month": (
        System({"63": READER, "17 B1": "18040001{date}ABB1|AJT|AH25/12/2026|"}), "generic", 'due_dates = ["%d/%m/%Y"]',
    ),
}  # fmt: skip
