"""What `shuwu-probe` says to a technician: Chinese first, English beside it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

FINDING: Mapping[str, tuple[str, str]] = {
    "asking": ("正在询问 {ports} 个接口…", "Asking {ports} ports…"),
    "port": ("接口", "Port"),
    "what": ("线缆", "Cable"),
    "device": ("设备", "Device"),
    "driver": ("驱动", "Driver"),
    "silent": ("没有应答", "no answer"),
    "ours": ("与配置一致：{name}", "as configured: {name}"),
    "wrong": (
        "接错了：{name} 应为 {wanted}，应答的是 {found}",
        "wrong device: {name} is to be {wanted}, and this is {found}",
    ),
    "missing": ("{name}：{port} 上没有应答的 {wanted}", "{name}: no {wanted} answers at {port}"),
    "quiet": (
        "{name}（{wanted}）不能询问，请用 shuwu-probe test {name} 验收",
        "{name} ({wanted}) cannot be asked; try it with shuwu-probe test {name}",
    ),
    "paste": ("把这些行粘贴到 kiosk.toml：", "Paste these lines into kiosk.toml:"),
    "none": ("没有找到任何接口。", "There is no port to ask."),
    "alike": (
        "没有序列号：换插座后名字会变，请给线缆贴标签",
        "no serial number: its name follows the socket, so label the cable",
    ),
    "left_out": ("{cause}；查找时跳过", "{cause}; it is left out"),
    "service": ("读卡器服务：{cause}", "reader service: {cause}"),
}

TESTING: Mapping[str, tuple[str, str]] = {
    "title": ("验收报告", "Acceptance report"),
    "device": ("设备", "Device"),
    "identity": ("自述", "It says of itself"),
    "check": ("项目", "Check"),
    "result": ("结果", "Result"),
    "figures": ("数值", "Figures"),
    "passed": ("通过", "passed"),
    "failed": ("未通过", "failed"),
    "skipped": ("未做", "not done"),
    "needs_somebody": ("需要有人在场", "needs somebody there"),
    "after_failure": ("设备没有应答", "the device does not answer"),
    "summary": (
        "{passed} 项通过，{failed} 项未通过，{skipped} 项未做",
        "{passed} passed, {failed} failed, {skipped} not done",
    ),
    "saved": ("报告已保存：{path}", "The report was saved: {path}"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "signed": ("验收人", "Accepted by"),
    "date": ("日期", "Date"),
    "machine": ("本机", "Machine"),
    "program": ("程序", "Program"),
    "waiting": ("等待中，最多 {seconds} 秒", "waiting, at most {seconds} s"),
}

CHECKS: Mapping[str, tuple[str, str]] = {
    "answers": ("设备应答", "It answers"),
    "reads_a_book": ("读一本书", "It reads a book"),
    "writes_security": ("写防盗位并回读", "It writes a tag's security and reads it back"),
    "sees_it_leave": ("书拿走后能察觉", "It sees the book leave"),
    "reads_a_pile": ("读一摞书", "It reads a pile"),
    "reads_a_card": ("读一张证", "It reads a card"),
    "shows_signals": ("灯与蜂鸣", "It shows its signals"),
    "senses_the_door": ("门的状态", "It senses the door"),
    "releases": ("释放门锁", "It releases the lock"),
    "sees_it_open": ("察觉开门", "It sees the door open"),
    "sees_it_shut": ("察觉关门", "It sees the door shut"),
    "secures_by_itself": ("到时自动上锁", "It secures by itself"),
    "exit_button": ("出门按钮", "The exit button"),
    "fire_contact": ("消防联动", "The fire contact"),
    "alarms": ("未借的书报警", "It alarms at a secured book"),
    "counts_in": ("进入计数", "It counts who comes in"),
    "counts_out": ("离开计数", "It counts who leaves"),
    "tells_its_points": ("各测点有值", "It tells of its points"),
    "switches": ("各输出开关", "It switches its outputs"),
    "has_paper": ("纸与上盖", "It has paper"),
    "prints": ("打印一张凭条", "It prints a slip"),
    "speaks": ("播放一句提示", "It speaks"),
}
"""The name of each check, as the report has it."""

FIGURES: Mapping[str, tuple[str, str]] = {
    "ms": ("用时", "took"),
    "s": ("用时", "took"),
    "uid": ("标签", "tag"),
    "item": ("条码号", "item"),
    "model": ("数据模型", "data model"),
    "secured": ("在架防盗", "secured"),
    "read_ms": ("读", "read in"),
    "write_ms": ("写并回读", "written in"),
    "books": ("本数", "books"),
    "unread": ("未读出", "unread"),
    "medium": ("介质", "medium"),
    "digits": ("位数", "characters"),
    "ends": ("末两位", "ends with"),
    "open": ("门开着", "open"),
    "released": ("已释放", "released"),
    "openings": ("累计开门", "openings"),
    "answer_ms": ("应答", "answered in"),
    "released_ms": ("断电", "released in"),
    "entered": ("累计进", "entered"),
    "left": ("累计出", "left"),
    "paper": ("纸", "paper"),
}
"""What a figure is; one that is not here is a point or an output by its own name."""

INSTRUCTIONS: Mapping[str, tuple[str, str]] = {
    "reads_a_book": ("请在感应台上放一本带标签的书。", "Lay one tagged book on the pad."),
    "sees_it_leave": ("请把书拿走。", "Take the book away."),
    "reads_a_pile": ("请一次放上一摞书（十本左右）。", "Lay a pile of about ten books on it at once."),
    "reads_a_card": ("请出示一张读者证、二维码或身份证。", "Show a card, a code or an ID card."),
    "shows_signals": ("请看灯、听蜂鸣：依次为放行、拒绝。", "Watch and listen: granted, then refused."),
    "releases": ("门锁即将释放 {seconds} 秒。", "The lock is about to be released for {seconds} s."),
    "sees_it_open": ("请推开门。", "Open the door."),
    "sees_it_shut": ("请关上门。", "Shut the door."),
    "secures_by_itself": ("请等门锁自动上锁。", "Wait for the lock to secure by itself."),
    "exit_button": ("请按门内的出门按钮。", "Press the exit button inside."),
    "fire_contact": (
        "请触发消防联动接点，看门锁断电；之后在门控单元上复位。",
        "Trip the fire contact and see the lock lose its power; reset it at the unit afterwards.",
    ),
    "alarms": ("请拿一本未借的书走过防盗门。", "Carry a book that is not lent through the gate."),
    "counts_in": ("请一个人走进来。", "One person walks in."),
    "counts_out": ("请一个人走出去。", "One person walks out."),
    "switches": ("各输出将依次打开再关闭。", "Each output is switched on and off in turn."),
}
"""What somebody does for a check, told before it."""

QUESTIONS: Mapping[str, tuple[str, str]] = {
    "shows_signals": ("灯和蜂鸣都正常吗？", "Were the lights and sounds right?"),
    "ready": ("准备好后按回车", "Press Enter when ready"),
}

WHYS: Mapping[str, tuple[str, str]] = {
    "nothing_came": ("{seconds} 秒内没有动静", "nothing came in {seconds} s"),
    "unreadable_tag": ("标签上没有可识别的馆藏数据", "the tag holds no library data"),
    "lost": ("设备失联：{cause}", "the device was lost: {cause}"),
    "refused": ("设备没有照做：{cause}", "it did not obey: {cause}"),
    "card_refused": ("没有读到卡号：{cause}", "no number was read: {cause}"),
    "broke": ("驱动程序出错：{cause}", "the driver failed: {cause}"),
    "not_confirmed": ("现场未确认", "not confirmed"),
    "still_locked": ("门锁没有断电", "the lock kept its power"),
    "no_outputs": ("配置里没有输出", "no output is configured"),
    "paper": ("纸：{paper}；上盖打开：{cover}", "paper {paper}; cover open: {cover}"),
}


def language() -> Language:
    """As the terminal's locale says: Chinese for `zh…`, English for any other, Chinese where it says nothing."""
    asked = next((text for key in ("LC_ALL", "LC_MESSAGES", "LANG") if (text := os.environ.get(key))), "zh")
    return "zh" if asked.startswith("zh") else "en"


class Texts:
    """All tables in one language."""

    def __init__(self, code: Language) -> None:
        self.code = code
        self._at = LANGUAGES.index(code)

    def say(self, table: Mapping[str, tuple[str, str]], key: str, **values: object) -> str:
        """One text, its values put in."""
        return table[key][self._at].format(**values)
