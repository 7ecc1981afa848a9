"""docs/ils.md has every dialect, every key and every option, and its examples are true."""

from __future__ import annotations

import re
import typing

import msgspec
import pytest

from central.circulation.trying.commands import attempt
from tests.house.tree import ROOT
from wire.sip2.dialect import Dialect, load, merge, names

PAGE = (ROOT / "docs/ils.md").read_text(encoding="utf-8")
OVERRIDES = re.findall(r"\(over\s+`([a-z0-9]+)`[^)]*\):\n\n```toml\n(.*?)```", PAGE, re.DOTALL)


def part(title: str) -> str:
    """A part of the page, by its heading."""
    return re.split(r"\n## ", PAGE.split(f"\n## {title}\n")[1])[0]


def first_cells(text: str) -> set[str]:
    rows = [line.split(" | ")[0] for line in text.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall("`([^`]+)`", row)}


def keys(struct: type[msgspec.Struct], path: str = "") -> set[str]:
    """The keys of a struct; those of a struct in it with a dot."""
    found: set[str] = set()
    for name, kind in typing.get_type_hints(struct).items():
        inner = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
        found |= keys(kind, f"{name}.") if inner else {path + name}
    return found


def test_every_dialect_has_its_rows_and_its_section():
    assert first_cells(part("The dialects")) == set(names())
    assert first_cells(part("Known from where")) == set(names())
    assert set(re.findall("\n### `([a-z0-9]+)`\n", part("Each system"))) == set(names())


def test_every_key_has_its_row():
    assert first_cells(part("Every key of a dialect")) == keys(Dialect)


def test_every_option_has_its_row():
    options = {word for option in attempt.params for word in option.opts if word.startswith("--")}
    assert first_cells(part("`sip2 try`")) == options


ROWS = {
    "utf-8": "UTF-8",
    "gbk": "GBK",
    "cp850": "CP850",
    "strict": "checked",
    "log": "noted",
    "\r": "CR",
    "\r\n": "CR LF",
}


@pytest.mark.parametrize("name", names())
def test_what_the_table_says_of_a_dialect_is_so(name: str):
    dialect = load(name)
    (row,) = [line for line in part("The dialects").splitlines() if line.startswith(f"| `{name}` |")]
    _, _, charset, ends, checksums, echoes, opens, chinese, again = re.split(r"(?<!\\)\| ", row.strip("| "))

    sent_again = (
        {"all": "all", "queries": "queries"}[dialect.retransmit] if dialect.echoes_sequence else "nothing"
    )
    assert charset.strip() == ROWS[dialect.charset]
    assert re.split("[;,]", ends)[0].strip() == ROWS[dialect.terminator]
    assert checksums.split(",")[0].strip() == ROWS[dialect.checksum.verify]
    assert echoes.startswith("yes") is dialect.echoes_sequence
    assert opens.split(",")[0].split() == list(dialect.opening)
    assert ("before each" in opens) is dialect.status_before_each
    assert chinese.strip() == ("no" if "81" in dialect.lacks else "yes")
    assert again.strip() == sent_again


@pytest.mark.parametrize(("name", "text"), OVERRIDES)
def test_every_example_can_be_laid_over_its_dialect(name: str, text: str):
    assert merge(load(name), text) != load(name)


def test_the_examples_are_found():
    assert len(OVERRIDES) == 4
