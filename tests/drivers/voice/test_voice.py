"""The voice in its room: each prompt answered once, and never silence told as success."""

from __future__ import annotations

import json
import sys
import time as real
from datetime import time
from threading import Event

import pytest

from drivers import kit
from drivers.emulators.player import AWAY, EmulatedSpeaker
from drivers.errors import Gone, Misbehaved, Misuse, Unsupported
from drivers.events import DeviceBack, Spoken
from drivers.voice.driver import DRIVER, VoiceSettings
from drivers.voice.prompts import Prompt
from drivers.voice.sources import Sources
from drivers.voice.voice import RoomVoice, Volume
from tests.house.tree import ROOT

BACK = DeviceBack("voice", "emulated speaker")
PROMPTS = {
    "ok": Prompt("ok"),
    "refused": Prompt("refused"),
    "alarm": Prompt("alarm", loud=True),
    "come_in": Prompt("ok", texts={"mn-Mong": "ᠣᠷᠤᠭᠠᠷᠠᠢ"}),
}
TIMES = 100
"""How much faster the room lives than we do."""


class Room:
    """A voice that is run until it has answered so many prompts."""

    def __init__(self, at=time(12), check_s=0.0, prompts=PROMPTS):
        self.events = []
        self.stop = Event()
        self.then = {}
        self.speaker = EmulatedSpeaker(self.clock)
        self.voice = RoomVoice(
            "voice",
            Sources(prompts, None, (), {}, {}, ()),
            self.speaker,
            Volume(80, 40, time(22), time(7)),
            check_s,
            clock=self.clock,
            time_of_day=lambda: at,
        )

    @staticmethod
    def clock():
        return real.monotonic() * TIMES

    def run(self, answers):
        self.answers = answers
        self.voice.run(self.post, self.stop)
        return self.events

    def post(self, event):
        self.events.append(event)
        if action := self.then.pop(len(self.events), None):
            action()
        if len([each for each in self.events if isinstance(each, Spoken)]) == self.answers:
            self.stop.set()


def test_prompts_one_after_the_other():
    room = Room()
    room.then[1] = lambda: room.voice.say("ok", "zh-CN")
    room.then[2] = lambda: room.voice.say("refused", "zh-CN")
    assert room.run(2) == [BACK, Spoken("voice", "ok"), Spoken("voice", "refused")]
    assert [heard.prompt for heard in room.speaker.heard] == ["ok", "refused"]
    assert room.speaker.stopped == 0


def test_a_new_prompt_ends_the_one_that_plays_and_those_that_wait():
    room = Room()
    for prompt in ("refused", "refused", "alarm"):
        room.voice.say(prompt, "zh-CN")
    room.speaker.play = after_alarm(room, lambda: room.voice.say("ok", "zh-CN"))
    waited, played = Spoken("voice", "refused", cut=True), Spoken("voice", "alarm", cut=True)
    assert room.run(4) == [BACK, waited, waited, played, Spoken("voice", "ok")]
    assert [heard.prompt for heard in room.speaker.heard] == ["alarm", "ok"]
    assert room.speaker.stopped == 1


def after_alarm(room, action):
    """The speaker's own `play`; once the alarm has begun something happens."""
    play = room.speaker.play

    def play_and_act(wave, prompt, language):
        playing = play(wave, prompt, language)
        if prompt == "alarm":
            action()
        return playing

    return play_and_act


def test_what_cannot_be_said_is_answered():
    room = Room()
    room.then[1] = lambda: room.voice.say("no_such", "zh-CN")
    room.then[2] = lambda: room.voice.say("come_in", "mn-Mong")
    missing = Unsupported("nobody can say 'come_in' in mn-Mong: no recording and no voice")
    assert room.run(2) == [
        BACK,
        Spoken("voice", "no_such", Misuse("no prompt is called 'no_such'")),
        Spoken("voice", "come_in", missing),
    ]
    assert [heard.prompt for heard in room.speaker.heard] == ["come_in"]  # its chime


@pytest.mark.parametrize(
    ("at", "percent"),
    [(time(7), 80), (time(21, 59), 80), (time(22), 40), (time(23, 40), 40), (time(0), 40), (time(6, 59), 40)],
)
def test_the_night_is_quieter_but_for_alarms(at, percent):
    room = Room(at)
    room.then[1] = lambda: room.voice.say("ok", "zh-CN")
    room.then[2] = lambda: room.voice.say("alarm", "zh-CN")
    room.run(2)
    loudest = 0.7 * 32767
    assert room.speaker.heard[0].peak == pytest.approx(loudest * percent / 100, rel=0.02)
    assert room.speaker.heard[1].peak == pytest.approx(loudest, rel=0.02)


def test_a_night_within_one_day():
    volume = Volume(80, 40, time(1), time(5))
    assert [volume.at(time(hour)) for hour in (0, 1, 4, 5)] == [0.8, 0.4, 0.4, 0.8]


def test_without_a_card_nothing_is_said_later():
    room = Room()
    room.speaker.away = True
    room.voice.say("ok", "zh-CN")
    with pytest.raises(Gone, match=AWAY):
        room.run(1)
    room.voice.abandon(room.post)
    assert room.events == [Spoken("voice", "ok", Gone("there is no sound card"))]
    room.speaker.away = False
    room.stop.clear()
    room.then[2] = lambda: room.voice.say("refused", "zh-CN")
    assert room.run(2)[1:] == [BACK, Spoken("voice", "refused")]


def test_a_card_pulled_out_while_it_plays():
    room = Room()
    room.then[1] = lambda: room.voice.say("alarm", "zh-CN")
    play = room.speaker.play

    def play_and_pull(wave, prompt, language):
        playing = play(wave, prompt, language)
        room.speaker.away |= bool(prompt)
        return playing

    room.speaker.play = play_and_pull
    with pytest.raises(Gone, match=AWAY):
        room.run(2)
    assert room.events == [BACK, Spoken("voice", "alarm", Gone(f"no sound card: {AWAY}"))]


def test_an_idle_card_is_tried_now_and_then():
    room = Room(check_s=1)
    room.then[1] = lambda: setattr(room.speaker, "away", True)
    with pytest.raises(Gone, match="no sound card"):
        room.run(1)
    assert room.events == [BACK]


def test_a_player_that_hangs_is_ended():
    room = Room()
    room.then[1] = lambda: (setattr(room.speaker, "hangs", True), room.voice.say("ok", "zh-CN"))
    with pytest.raises(Gone, match="hangs"):
        room.run(1)
    assert room.events == [BACK, Spoken("voice", "ok", Gone("the player hangs"))]
    assert room.speaker.stopped == 1


def test_a_stop_in_the_middle_answers():
    room = Room()
    room.then[1] = lambda: room.voice.say("alarm", "zh-CN")
    play = room.speaker.play

    def play_and_stop(wave, prompt, language):
        if prompt:
            room.stop.set()
        return play(wave, prompt, language)

    room.speaker.play = play_and_stop
    assert room.run(2) == [BACK, Spoken("voice", "alarm", Gone("the voice was stopped"))]


def test_what_was_asked_of_a_stopped_voice_is_answered():
    room = Room()
    room.voice.say("ok", "zh-CN")
    room.voice.abandon(room.events.append)
    assert room.events == [Spoken("voice", "ok", Gone("there is no sound card"))]


# ------------------------------------------------------------ programs
def device(player, **settings):
    return kit.driver("voice").make("voice", VoiceSettings(player=player, check_s=0, **settings))


def answers(voice, *prompts):
    """Say these one after the other and hear what comes of each."""
    events, stop, left = [], Event(), list(prompts)

    def post(event):
        events.append(event)
        if left:
            voice.say(*left.pop(0))
        else:
            stop.set()

    voice.run(post, stop)
    return events[1:]


def test_a_player_gets_the_sound_and_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    log = tmp_path / "heard.jsonl"
    player = (sys.executable, "-m", "drivers.emulators.player", str(log), "{prompt}", "{language}")
    assert answers(device(player, volume_day=50, volume_night=50), ("ok", "zh-CN")) == [Spoken("voice", "ok")]
    [line] = map(json.loads, log.read_text().splitlines())
    assert line == {
        "prompt": "ok",
        "language": "zh-CN",
        "seconds": 0.42,
        "peak": pytest.approx(11468, rel=0.02),
    }
    log.with_name("heard.jsonl.away").touch()
    with pytest.raises(Gone, match="audio open error: No such device"):
        answers(device(player), ("ok", "zh-CN"))


def test_a_player_that_fails_on_one_sound_alone(tmp_path):
    player = ("sh", "-c", 'cat > /dev/null; test "$0" != ok || { echo bad sound >&2; exit 7; }', "{prompt}")
    assert answers(device(player), ("ok", "zh-CN"), ("refused", "zh-CN")) == [
        Spoken("voice", "ok", Misbehaved("the player failed: bad sound")),
        Spoken("voice", "refused"),
    ]


def test_a_player_that_is_not_installed():
    with pytest.raises(Gone, match="cannot start no_such_player: No such file"):
        answers(device(("no_such_player",)), ("ok", "zh-CN"))


def test_a_player_is_ended_by_the_next_prompt(tmp_path):
    player = ("sh", "-c", f'test "$0" != alarm || exec sleep 60; echo "$0" >> {tmp_path}/said', "{prompt}")
    events, stop = [], Event()
    voice = device(player)
    play = voice._speaker.play

    def play_and_go_on(wave, prompt, language):
        if prompt == "alarm":
            voice.say("ok", "zh-CN")
        return play(wave, prompt, language)

    def post(event):
        events.append(event)
        if len(events) == 3:
            stop.set()

    voice._speaker.play = play_and_go_on
    voice.say("alarm", "zh-CN")
    voice.run(post, stop)
    assert events[1:] == [Spoken("voice", "alarm", cut=True), Spoken("voice", "ok")]
    assert (tmp_path / "said").read_text().split() == ["ok"]


def test_a_disk_that_takes_no_file_is_a_missing_card(monkeypatch):
    def full():
        raise OSError(28, "No space left on device")

    voice = device(("true",))
    monkeypatch.setattr("drivers.voice.voice.RoomVoice._check", lambda _: None)
    monkeypatch.setattr("drivers.voice.programs.tempfile.TemporaryFile", full)
    voice.say("ok", "zh-CN")
    events = []
    gone = Gone("cannot start true: No space left on device")
    with pytest.raises(Gone, match="No space left"):
        voice.run(events.append, Event())
    assert events[1:] == [Spoken("voice", "ok", gone)]


def test_a_voice_without_a_player_is_refused():
    with pytest.raises(Misuse, match="`player` is empty"):
        device(())


def test_the_driver_says_what_it_is():
    assert (DRIVER.kind, DRIVER.probe) == ("voice", None)
    with pytest.raises(Misuse, match="No such file"):
        device(("true",), prompts=ROOT / "nowhere.toml")
