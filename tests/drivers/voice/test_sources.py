"""Where a prompt's sound comes from: a recording, the synthesiser, or an error with its name."""

from __future__ import annotations

import pytest

from drivers.errors import Misuse, Unsupported
from drivers.voice.chimes import chime, silence
from drivers.voice.driver import VoiceSettings
from drivers.voice.prompts import SHIPPED, Prompt, load
from drivers.voice.sources import KEPT, Said, Sources

DEFAULTS = VoiceSettings()
PROMPTS = {
    "ok": Prompt("ok"),
    "alarm": Prompt("alarm", loud=True),
    "come_in": Prompt("ok", texts={"zh-CN": "请进", "en": "Come in", "mn-Mong": "ᠣᠷᠤᠭᠠᠷᠠᠢ"}),
    "goodbye": Prompt(texts={"zh-CN": "再见", "kk-Arab": "ساۋ بولىڭىز", "kk-Cyrl": "Сау болыңыз"}),
}
BEEP = silence(100, 8000)
CAT = ("cat",)  # a synthesiser that says what it is given, as it is


def sources(recordings=None, synthesiser=DEFAULTS.synthesiser, decoder=CAT, prompts=PROMPTS):
    return Sources(prompts, recordings, synthesiser, DEFAULTS.voices, DEFAULTS.read_as, decoder)


@pytest.fixture
def recordings(tmp_path):
    for language, name in (("mn-Mong", "come_in.wav"), ("zh-CN", "goodbye.ogg"), ("zh-CN", "own.wav")):
        (tmp_path / language).mkdir(exist_ok=True)
        (tmp_path / language / name).write_bytes(BEEP.octets())
    (tmp_path / "zh-CN" / "spoilt.wav").write_bytes(b"OggS")
    return tmp_path


def test_a_chime_needs_no_language():
    assert sources().find("ok", "mn-Mong") == Said(chime("ok"))
    assert sources().find("alarm", "mn-Mong") == Said(chime("alarm"), loud=True)


def test_a_recording_wins_and_its_chime_comes_first(recordings):
    assert sources(recordings).find("come_in", "mn-Mong") == Said(BEEP.after(chime("ok", 8000)))
    assert sources(recordings).find("own", "zh-CN") == Said(BEEP)


def test_an_ogg_recording_goes_through_the_decoder(recordings):
    assert sources(recordings).find("goodbye", "zh-CN") == Said(BEEP)
    with pytest.raises(Unsupported, match="no_such_decoder is not installed"):
        sources(recordings, decoder=("no_such_decoder",)).find("goodbye", "zh-CN")


@pytest.mark.parametrize(
    ("prompt", "language"), [("come_in", "zh-CN"), ("come_in", "en"), ("goodbye", "kk-Arab")]
)
def test_espeak_reads_what_it_can(prompt, language):
    said = sources().find(prompt, language)
    assert said.error is None
    assert said.wave.seconds > 0.5
    assert max(said.wave.samples) > 5000


def test_kazakh_is_read_from_its_cyrillic_text():
    """espeak-ng would spell Arabic letters by their names."""
    told = sources(synthesiser=("sh", "-c", 'test "$(cat)" = "Сау болыңыз" && echo {voice} >&2; exit 3'))
    with pytest.raises(Unsupported, match="'goodbye' in kk-Arab: sh: kk"):
        told.find("goodbye", "kk-Arab")


def test_words_that_no_file_names_are_read_where_there_is_a_voice_for_them():
    spoken = sources(synthesiser=("sh", "-c", 'test "$(cat)" = "全部续借" && echo {voice} >&2; exit 3'))
    with pytest.raises(Unsupported, match="'button_renew_all' in zh-CN: sh: cmn"):
        spoken.find("button_renew_all", "zh-CN", "全部续借")
    with pytest.raises(Unsupported, match="in mn-Mong: no recording and no voice"):
        spoken.find("button_renew_all", "mn-Mong", "ᠪᠦᠬᠦᠨ ᠢ")


@pytest.mark.parametrize(
    ("prompt", "language", "error"),
    [
        ("goodbye", "mn-Mong", "nobody can say 'goodbye' in mn-Mong: no recording and no text"),
        ("goodbye", "fr", "nobody can say 'goodbye' in fr: no recording and no text"),
    ],
)
def test_what_nobody_can_say_names_prompt_and_language(prompt, language, error):
    with pytest.raises(Unsupported) as raised:
        sources().find(prompt, language)
    assert raised.value.text == error


def test_without_its_words_a_prompt_is_its_chime_and_an_error():
    said = sources().find("come_in", "mn-Mong")
    assert said.wave == chime("ok")
    assert said.error == Unsupported("nobody can say 'come_in' in mn-Mong: no recording and no voice")


@pytest.mark.parametrize(
    ("synthesiser", "error"),
    [
        (("no_such_program",), "no_such_program is not installed"),
        (("false",), "false: ended with 1"),
        (("cat", "/dev/zero"), "makes more than 16777216 octets"),
        (("sh", "-c", "yes rubbish | head -c 100000 >&2; echo at last >&2; exit 3"), "sh: at last"),
        (("cat",), "no WAV file"),
        (("espeak-ng", "--stdin", "--stdout", "-v", "mn"), "espeak-ng: Error: The specified espeak-ng voice"),
    ],
)
def test_a_synthesiser_that_fails_is_told(synthesiser, error):
    with pytest.raises(Unsupported, match=f"nobody can say 'goodbye' in zh-CN: .*{error}"):
        sources(synthesiser=synthesiser).find("goodbye", "zh-CN")


def test_a_folder_that_may_not_be_read_is_told(recordings, monkeypatch):
    def denied(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.is_file", denied)
    with pytest.raises(Misuse, match="zh-CN: Permission denied"):
        sources(recordings).find("ok", "zh-CN")


@pytest.mark.parametrize(
    ("prompt", "language", "error"),
    [
        ("no_such", "zh-CN", "no prompt is called 'no_such'"),
        ("../../etc/passwd", "zh-CN", "no name"),
        ("ok", "../zh-CN", "no name"),
        ("spoilt", "zh-CN", "spoilt.wav: no WAV file"),
    ],
)
def test_what_is_not_there(recordings, prompt, language, error):
    with pytest.raises(Misuse, match=error):
        sources(recordings).find(prompt, language)


def test_a_sentence_is_synthesised_once(tmp_path):
    (tmp_path / "said.wav").write_bytes(BEEP.octets())
    count = tmp_path / "count"
    found = sources(synthesiser=("sh", "-c", f"echo >> {count}; cat {tmp_path}/said.wav"))
    for _ in range(3):
        assert found.find("goodbye", "zh-CN").wave == BEEP
    assert count.read_text() == "\n"
    assert 2 * len(load(SHIPPED)) <= KEPT


# ------------------------------------------------------------ the prompts of the house
LANGUAGES = {"zh-CN", "en", "ug-Arab", "kk-Arab", "kk-Cyrl", "mn-Mong"}


@pytest.mark.parametrize("name", load(SHIPPED))
def test_every_prompt_has_its_words_in_every_language(name):
    prompt = load(SHIPPED)[name]
    assert set(prompt.texts) - {"zh-Latn"} in (LANGUAGES, set())
    assert prompt.texts or prompt.chime
    assert all(len(text) <= 100 for text in prompt.texts.values())


def test_only_alarms_are_loud():
    assert {name for name, prompt in load(SHIPPED).items() if prompt.loud} == {"alarm", "leave_now"}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[a]\nchime = 'bell'", "Invalid enum value 'bell'"),
        ("[a]\nwords = 'x'", "unknown field `words`"),
        ("[a", "prompts.toml"),
    ],
)
def test_a_wrong_file_of_prompts_is_named(tmp_path, text, error):
    file = tmp_path / "prompts.toml"
    with pytest.raises(Misuse, match="No such file"):
        load(file)
    file.write_text(text)
    with pytest.raises(Misuse, match=error):
        load(file)


def test_a_file_of_prompts_that_is_no_utf_8_is_named(tmp_path):
    file = tmp_path / "prompts.toml"
    file.write_bytes("[ok]\ntexts.zh-CN = '好'".encode("gbk"))
    with pytest.raises(Misuse, match=r"prompts.toml: .* codec can't decode"):
        load(file)
