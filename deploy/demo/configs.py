"""The configuration files of the demo's network, as a technician would write them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from deploy.demo.seed.collection import OWNER_ISIL, Collection, SeedItem, SeedReader, rows, visit
from kiosk.secrets import open_state, pseudonym
from kiosk.service.pins import kept

BAUD = {
    "pad": 38400,
    "gate": 115200,
    "scanner": 9600,
    "id_reader": 115200,
    "door_scanner": 9600,
    "door": 115200,
    "sensors": 9600,
    "printer": 115200,
}
MORE = {
    "printer": 'driver = "escpos"\n',
    "door_scanner": 'place = "door"\n',
    "id_reader": 'driver = "sdt"\n',
    "sensors": """driver = "modbus-sensors"

[devices.sensors.measures]
hall_temperature = { address = 0, kind = "s16", unit = "Cel", scale = 0.1 }
hall_humidity = { address = 1, unit = "%", scale = 0.1 }

[devices.sensors.inputs]
smoke = { address = 0 }
water = { address = 1 }
mains_lost = { address = 2 }
ups_battery = { address = 3 }
cabinet_tamper = { address = 4 }
""",
}
"""What a kiosk's configuration says of a device beside its port; the registers are those of the rig's board."""
VOICE = """[devices.voice]
driver = "voice"
player = [{python}, "-m", "drivers.emulators.player", {heard}, "{{prompt}}", "{{language}}"]
synthesiser = [{python}, "-m", "drivers.emulators.reader"]
voices = {{ zh-CN = "zh", en = "en", ug-Arab = "ug", kk-Arab = "kk", mn-Mong = "mn" }}
read_as = {{}}
check_s = 0
"""
"""A voice without a sound card: what it says is written down, and the rig's page shows it."""
REGISTRATION = '''
[registration]
version = "2026-1"
types = [{ id = "child" }, { id = "adult", from_age = 14 }, { id = "senior", from_age = 60 }]

[registration.terms]
zh-CN = """
欢迎您成为清源县图书馆的读者。办证免费，不收押金。

一、每人凭本人身份证办一个读者证，身份证就是读者证，请勿转借他人。

二、借书请在期限内归还，爱护图书；遗失或损坏的，请照价赔偿或购买同一版本。

三、我们只登记姓名、身份证号、性别、出生日期和电话，仅用于借阅服务，依法保护，不向他人提供；可随时到服务台查询、更正或注销。

四、未满 14 周岁的读者，由监护人同意并负责。
"""
en = """
Welcome to Qingyuan County Library. Registration is free, without a deposit.

1. Each reader registers once, with their own ID card, which becomes their library card.

2. Return books in time and look after them; lost or damaged ones are replaced or paid for.

3. We keep your name, ID card number, sex, birth date and telephone for lending alone. Ask at the desk to see, correct or erase them.

4. Under 14 a guardian agrees and answers for the books.
"""
'''
"""What a desk with an identity card reader says."""
NEWCOMERS = (
    ("110105199001010029", "赵小满"),
    ("110105201801010027", "赵宝儿"),
    ("110105198505060033", "赵立春"),
)
"""Who comes without a card: a grown-up, a child, and somebody who may be its guardian once registered."""
OFFERS = '["account", "renew", "renew_all", "hold", "pin", "pay", "print", "scan", "help", "survey"]'
"""Everything: the ledger has the messages for it, and a provider to try payments with takes the money."""
STAFF_CARD = "GY0001"
"""Opens the service at every kiosk of the demo."""
SHELF = 40
"""Books that a rig's page shows well."""
CARDS = 9


@dataclass(frozen=True, slots=True)
class Room:
    """One kiosk with the room around it."""

    device: str
    branch: str
    title: str
    devices: tuple[str, ...]

    @property
    def wired(self) -> tuple[str, ...]:
        """Its devices that hang on a line; a voice is a program."""
        return tuple(name for name in self.devices if name != "voice")

    @property
    def has_door(self) -> bool:
        return "door" in self.devices


def private(path: Path, text: str) -> Path:
    """Write a file that its owner alone may read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def central(folder: Path, ports: Mapping[str, int]) -> Path:
    """`central.toml`, and the key that central shares with the provider to try payments with."""
    private(folder / "merchant.key", token_hex(32))
    return private(
        folder / "central.toml",
        f"""state = "central"
name_zh = "清源县图书馆总分馆"
name_en = "Qingyuan County Library Network"

[web]
port = {ports["web"]}

[mqtt]
port = {ports["broker"]}

[sip2]
port = {ports["sip2"]}

[lists]
port = {ports["files"]}
certificate = "central/pki/central.crt"
key = "central/pki/central.key"
ca = "central/pki/ca.crt"

[payments]
provider = "local"
settings = {{ url = "http://127.0.0.1:{ports["payments"]}" }}
secrets = {{ key = "merchant.key" }}
""",
    )


def rig(folder: Path, room: Room, port: int, seed: Collection, staff_pin: str) -> Path:
    """`rig.toml` of one room: its devices, the books on its shelf, what readers carry."""
    parts = [f"name = {json.dumps(room.title, ensure_ascii=False)}\nport = {port}\n"]
    if "voice" in room.devices:
        parts.append(f"heard = {json.dumps(_heard(room))}\n")
    for name in room.wired:
        kind = "scanner" if name == "door_scanner" else name
        place = 'place = "door"\n' if name == "door_scanner" else ""
        parts.append(f'[[devices]]\nname = "{name}"\nkind = "{kind}"\nbaud = {BAUD[name]}\n{place}')
    lent = {loan.item.barcode for loan in seed.loans}
    here = [item for item in seed.items if item.home == room.branch]
    played = {item.barcode for item in visit().laid_down}
    shelf = [item for item in here if item.barcode not in lent]
    shelf = sorted(shelf, key=lambda item: item.barcode not in played)[:SHELF]
    bag = [item for item in here if item.barcode in lent][:3]
    parts += [_book(item, secured=True, place="shelf") for item in shelf]
    parts += [_book(item, secured=False, place="bag") for item in bag]
    parts += [_card(reader) for reader in _cast(seed)]
    parts.append(_carried(STAFF_CARD, f"馆员卡（PIN {staff_pin}）"))
    parts += [_carried(item.barcode, f"《{item.title.title}》的条码", "barcode") for item in shelf[-1:]]
    if "id_reader" in room.devices:
        parts += [f'[[id_cards]]\nnumber = "{number}"\nname = "{name}"\n' for number, name in NEWCOMERS]
    return private(folder / f"{room.device}.rig.toml", "\n".join(parts))


def book(item: SeedItem, *, secured: bool, place: str) -> dict[str, object]:
    """A book as the rig knows it, in its file and in its API."""
    return {
        "uid": item.uid,
        "item": item.barcode,
        "title": item.title.title,
        "owner": OWNER_ISIL,
        "secured": secured,
        "place": place,
    }


def _book(item: SeedItem, *, secured: bool, place: str) -> str:
    fields = book(item, secured=secured, place=place).items()
    return "[[books]]\n" + "".join(f"{key} = {json.dumps(v, ensure_ascii=False)}\n" for key, v in fields)


def _cast(seed: Collection) -> Iterable[SeedReader]:
    """A few readers of each kind: one of every type, one of every trouble; and who waits for a book."""
    chosen: dict[tuple[str, str, str], SeedReader] = {}
    for reader in seed.readers:
        chosen.setdefault((reader.type, reader.state, reader.fee_kind), reader)
    return dict.fromkeys([*list(chosen.values())[:CARDS], *(hold.reader for hold in seed.holds)])


def _card(reader: SeedReader) -> str:
    trouble = {"expired": "，已过期", "blocked": "，已停用"}.get(reader.state, "")
    kinds = {kind["id"]: kind["name_zh"] for kind in rows("reader_types")}
    fees = f"，欠 {reader.fees_fen / 100:.2f} 元" if reader.fees_fen else ""
    return _carried(reader.card, f"{reader.name}（{kinds[reader.type]}{trouble}{fees}）")


def _carried(number: str, label: str, medium: str = "card") -> str:
    """Something that is shown to a reader of cards or codes."""
    return f'[[cards]]\nnumber = "{number}"\nlabel = "{label}"\nmedium = "{medium}"\n'


def kiosk(
    folder: Path, room: Room, ports: Mapping[str, int], urls: Mapping[str, str], secrets: Mapping[str, str]
) -> Path:
    """`kiosk.toml` of one room.

    Args:
        folder: where it is written.
        room: the kiosk.
        ports: of broker, SIP2 server, file server and screen; `ils` where kiosks reach the SIP2 server by another.
        urls: of the room's devices.
        secrets: `public_key` and `sealing_key` of central, `password` of the kiosk's SIP2 account, `staff_pin`.
    """
    password = private(folder / f"{room.device}.password", secrets["password"] + "\n")
    devices = "".join(_device(name, urls[name]) for name in room.wired) + _voice(folder, room)
    return private(
        folder / f"{room.device}.kiosk.toml",
        f"""device = "{room.device}"
state = "{room.device}"

[central]
public_key = "{secrets["public_key"]}"
sealing_key = "{secrets["sealing_key"]}"
url = "https://127.0.0.1:{ports["files"]}"
ca = "central/pki/ca.crt"
certificate = "central/pki/{room.device}.crt"
key = "central/pki/{room.device}.key"

[mqtt]
port = {ports["broker"]}

[ils]
host = "127.0.0.1"
port = {ports.get("ils", ports["sip2"])}
user = "{room.device}"
password_file = "{password.name}"
institution = "{room.branch}"
location = "{room.branch}"

{_screen(room, ports[f"{room.device} screen"])}
{_roles(room)}
{_service(folder / room.device, secrets["staff_pin"])}
{devices}""",
    )


def _screen(room: Room, port: int) -> str:
    return f"""[screen]
port = {port}
languages = ["zh-CN", "en", "ug-Arab", "kk-Arab", "mn-Mong"]
catalogue = true
reader_types = {{ vision = ["elder", "voice"] }}
title = {json.dumps(room.title, ensure_ascii=False)}
slip_line = "清源县图书馆 0724-233 4567"
phone = "0724-233 4567"
"""


def _roles(room: Room) -> str:
    desk = f"[desk]\noffers = {OFFERS}\n"
    desk += 'voice = "prompts"\n' if "voice" in room.devices else ""
    roles = f"{desk}\n[room]\n" if room.has_door else desk
    return roles + (REGISTRATION if "id_reader" in room.devices else "")


def _service(state: Path, pin: str) -> str:
    """As `python -m kiosk.service` prints it for the machine with this state folder."""
    card = pseudonym(open_state(state).pseudonyms, STAFF_CARD)
    lines = f'name = "李馆员"\ncard = "{card}"\npin = "{kept(pin)}"\n'
    return f'[service]\nowner = "{OWNER_ISIL}"\n\n[[service.staff]]\n{lines}'


def _device(name: str, url: str) -> str:
    return f'[devices.{name}]\nport = "{url}"\nbaud = {BAUD[name]}\n{MORE.get(name, "")}\n'


def _heard(room: Room) -> str:
    return f"{room.device}.heard.jsonl"


def _voice(folder: Path, room: Room) -> str:
    if "voice" not in room.devices:
        return ""
    heard = folder.resolve() / _heard(room)
    return VOICE.format(python=json.dumps(sys.executable), heard=json.dumps(str(heard)))
