"""`shuwu-probe tag decode` and `encode`, as typed."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.probe.tag import tag
from drivers.tag.detect import reversed_blocks
from tests.drivers.tag import vectors

KEYS = ["model", "item", "owner", "parts", "part", "usage", "elements", "warnings"]
EXAMPLE = "9100051CBE991A140201D0140204B34607441CB6E2E335D6830207ACC09EBAA06F6B0000"
HF = vectors.of("hf2", "hf2real", "hf2bad")


def run(*arguments, stdin=None):
    return CliRunner().invoke(tag, list(arguments), input=stdin)


def printed(*arguments, stdin=None):
    result = run(*arguments, stdin=stdin)
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


@pytest.mark.parametrize("vector", HF)
def test_every_national_tag_is_told(vector):
    told = printed("decode", vector.hexadecimal)
    expected = vector.value
    assert list(told) == KEYS
    assert told["model"] == "iso28560-2"
    assert told["item"] == expected["PII"]
    assert told["owner"] == expected.get("OI", told["owner"])
    assert told["usage"] == expected.get("TU", told["usage"])
    shown = {code: text for code, text in expected.items() if code.isupper()}
    assert shown.items() <= told["elements"].items()
    assert bool(told["warnings"]) == ("error" in expected)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("vector", vectors.of("hf3"))
def test_every_danish_tag_is_told_in_either_block_order(vector, turned):
    octets = vector.octets.ljust(36, b"\0")
    told = printed("decode", (reversed_blocks(octets, 4) if turned else octets).hex())
    expected = vector.value
    assert (told["model"], told["item"]) == ("iso28560-3", expected["pii"])
    assert told["owner"] == f"{expected['country']}-{expected['isil']}"
    assert (told["parts"], told["part"]) == (expected["parts"], expected["part"])


@pytest.mark.parametrize("vector", vectors.of("cultutag", "gbepc"))
def test_every_uhf_tag_is_told(vector):
    told = printed("decode", "--bank", "epc", vector.hexadecimal)
    assert told["item"] == vector.value.get("pii", "12345678.31")
    assert printed("decode", "--bank=epc", "--model", told["model"], vector.hexadecimal) == told


def test_a_user_bank_by_itself_tells_what_it_has():
    (vector,) = (param.values[0] for param in vectors.of("gbuser"))
    told = printed("decode", vector.hexadecimal)
    assert (told["model"], told["item"], told["owner"]) == ("iso28560-4", None, "US-InU-Mu")
    assert (told["parts"], told["part"]) == (12, 3)


@pytest.mark.parametrize(
    "typed",
    [
        (EXAMPLE.lower(),),
        (EXAMPLE[:8], EXAMPLE[8:20], EXAMPLE[20:]),
        (":".join(EXAMPLE[at : at + 2] for at in range(0, len(EXAMPLE), 2)),),
        ("0x" + EXAMPLE,),
        (f"  {EXAMPLE[:7]} {EXAMPLE[7:]}\n",),
        ("--model", "ISO28560-2", EXAMPLE),
        ("--model", "gb35660.2", EXAMPLE),
    ],
)
def test_digits_in_any_dress(typed):
    assert printed("decode", *typed) == printed("decode", "-", stdin=EXAMPLE)


def test_stdin_of_another_encoding():
    assert printed("decode", "-", stdin=b"\xef\xbb\xbf" + EXAMPLE.encode())["item"] == "123456789012"
    for command in ("decode", "encode"):
        result = run(command, "-", stdin=EXAMPLE.encode("utf-16"))
        assert (result.exit_code, "stdin is no UTF-8" in result.output) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["decode", EXAMPLE[:-1]], "71 hexadecimal digits"),
        (["decode", "12G4"], "'G' at digit 3"),
        (["decode", "书"], "'书'"),
        (["decode", "  "], "no hexadecimal digits"),
        (["decode", "--bank", "epc", "300000"], "no protocol control word"),
        (["decode", "--bank", "epc", "--model", "danish", "30001234"], "no EPC bank"),
        (["decode", "--bank", "rfu", EXAMPLE], "rfu"),
        (["decode", "--model", "x", EXAMPLE], "'x'"),
        (["encode"], "item"),
        (["encode", "{"], "Expecting"),
        (["encode", "[" * 100_000], "recursion"),
        (["encode", '{"item": "1", "part": ' + "9" * 5000 + "}"], "4300 digits"),
        (["encode", '{"item": "\\ud800"}'], "'\\ud800'"),
        (["encode", "--item", "1", "--parts", "1000"], "1000 parts"),
        (["encode", "[1]"], "JSON object"),
        (["encode", '{"item": "1", "colour": "red"}'], "colour"),
        (["encode", '{"item": 1}'], "$.item"),
        (["encode", "--item", "1", "--parts", "2", "--part", "3"], "part 3 of 2"),
        (["encode", "--item", "1", "--usage", "zz"], "usage 'zz': two hexadecimal digits"),
        (["encode", "--item", "1", "--element", "XX=1"], "'XX'"),
        (["encode", "--item", "1", "--element", "SL"], "CODE=TEXT"),
        (["encode", "--item", "1" * 100, "--memory-octets", "32"], "octets for a chip of 32"),
        (["encode", "--item", "书", "--model", "cultu"], "ASCII"),
        (["encode", "--item", "1", "--model", "3m"], "no model '3m'"),
        (["encode", "--item", "AB ", "--model", "danish"], "does not survive"),
    ],
)
def test_what_cannot_be_is_one_clear_line_and_no_success(arguments, why):
    result = run(*arguments)
    assert result.exit_code == 2
    assert why in result.output
    assert "Traceback" not in result.output


def test_what_the_danish_model_has_no_place_for_is_a_warning():
    made = printed(
        "encode",
        "--item",
        "1",
        "--model",
        "danish",
        "--owner",
        "DK-1",
        "--element",
        "SL=x",
        "--element",
        "T=y",
    )
    assert (made["warnings"], made["elements"]["title"]) == (["SL has no place in iso28560-3"], "y")


@pytest.mark.parametrize(
    ("arguments", "warnings"),
    [
        (["--model=danish", "--usage=12"], ["usage 12 has no place in iso28560-3, which keeps 10"]),
        (["--model=danish", "--element=OI=DE-1"], ["OI has no place in iso28560-3"]),
        (["--model=danish", "--owner=DE-1", "--element=OI=DE-1", "--element=SI=0101"], []),
        (["--model=cultu", "--element=TU=10"], ["TU has no place in cultu"]),
        (["--parts=2", "--part=2", "--element=SI=0203"], ["SI: the tag says 22"]),
    ],
)
def test_what_a_tag_will_not_say_is_a_warning(arguments, warnings):
    assert printed("encode", "--item=1", *arguments)["warnings"] == warnings


@pytest.mark.parametrize("model", ["iso28560-2", "iso28560-3", "iso28560-4"])
def test_a_tag_of_universities_becomes_another_model_s(model):
    asked = ["--item=123456", "--owner=10248", "--parts=3", "--part=2", "--element=TU=1.2"]
    told = printed("encode", "-", "--model", model, stdin=run("encode", "--model=cultu", *asked).output)
    assert (told["item"], told["owner"], told["parts"], told["part"]) == ("123456", "10248", 3, 2)
    assert told["warnings"] == [f"TU has no place in {model}"]


def test_a_known_model_is_read_as_far_as_it_goes():
    damaged = EXAMPLE[:2] + "00" + EXAMPLE[2:]
    assert printed("decode", "--model", "iso28560-2", damaged)["item"] is None
    assert printed("decode", "--model", "danish", EXAMPLE)["warnings"]
    assert printed("decode", "00" * 32)["model"] == "blank"
    assert printed("decode", "FE" * 32)["model"] == "unknown"


def test_the_standard_s_example_is_written_from_its_fields():
    by_options = printed(
        "encode",
        "--item=123456789012",
        "--owner=US-InU-Mu",
        "--parts=12",
        "--part=3",
        "--element=SL=QA268.L55",
    )
    by_json = printed("encode", json.dumps(printed("decode", EXAMPLE)))
    for told in (by_options, by_json):
        assert told["hex"] == EXAMPLE
        assert (told["locked_blocks"], told["write_map"]) == ("ll....lll", "ww....www")


@pytest.mark.parametrize("model", ["iso28560-2", "iso28560-3", "iso28560-4", "cultu"])
def test_what_is_encoded_decodes_to_the_same(model):
    asked = {"item": "10248000001", "owner": "10248", "parts": 2, "part": 1, "usage": "10", "model": model}
    told = printed("encode", "-", stdin=json.dumps(asked))
    if "user" in told:
        again = printed("decode", "--bank", "epc", f"{told['hex']}|{told['user']}")
    else:
        again = printed("decode", told["hex"])
    assert again == {key: told[key] for key in KEYS} | {"warnings": []}
    assert told["warnings"] == (["usage 10 has no place in cultu"] if model == "cultu" else [])
    assert (again["item"], again["owner"], again["parts"]) == ("10248000001", "10248", 2)


@pytest.mark.parametrize("model", ["iso28560-2", "iso28560-4"])
def test_a_danish_tag_becomes_another_model_s(model):
    danish = run(
        "encode", "--model", "danish", "--item", "A1", "--owner", "DE-705", "--element", "T=Bok"
    ).output
    told = printed("encode", "-", "--model", model, stdin=danish)
    assert (told["model"], told["item"], told["owner"]) == (model, "A1", "DE-705")
    assert told["elements"]["T"] == "Bok"


@pytest.mark.parametrize(("octets", "written"), [(28, 28), (32, 32), (34, 32), (112, 36)])
def test_a_danish_tag_on_a_short_chip(octets, written):
    told = printed("encode", "--model", "danish", "--item", "A1", "--memory-octets", str(octets))
    assert len(told["hex"]) == 2 * written
    assert printed("decode", told["hex"])["item"] == "A1"


@settings(max_examples=40)
@given(st.binary(min_size=1, max_size=80), st.sampled_from(["user", "epc"]))
def test_any_octets_are_told_or_refused(octets, bank):
    result = run("decode", "--bank", bank, octets.hex())
    assert result.exit_code == 0 or (bank == "epc" and result.exit_code == 2)
    assert result.exit_code == 2 or list(json.loads(result.output)) == KEYS
