"""What the voice of a room was asked to play, as its page tells it."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace

import pytest

from drivers.emulators import player, reader
from drivers.rig.heard import SHOWN, Heard, HeardState
from drivers.voice.wave import parse


def test_the_last_sounds_and_no_half_line(tmp_path):
    log = tmp_path / "heard.jsonl"
    heard = Heard(log)
    assert heard.lines() == (), "it has said nothing yet"
    lines = "".join(f'{{"prompt":"p{n}","language":"zh-CN","seconds":1,"peak":9}}\n' for n in range(200))
    log.write_text(lines + '{"prompt":"ha')
    assert heard.lines() == tuple(HeardState(f"p{n}", "zh-CN") for n in range(200 - SHOWN, 200))
    log.unlink()
    assert heard.lines() == ()


@pytest.mark.parametrize(("text", "seconds"), [("请进", 0.24), ("", 0.12), ("论" * 999, 20.0)])
def test_a_reader_without_a_voice_takes_its_time(monkeypatch, text, seconds):
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=out))
    assert reader.main() == 0
    wave = parse(out.getvalue())
    assert wave.seconds == pytest.approx(seconds)
    assert player.Heard.of(wave, "p", "zh-CN").peak == 0
