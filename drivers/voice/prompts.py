"""What can be said: prompts as a TOML file has them, recordings as a folder has them.

[card_refused]                  the prompt's name
chime = "refused"               a sound before the words, or alone
loud = false                    true: at full volume at any hour
texts.zh-CN = "这张证没有成功"    its words, by language (BCP 47)

recordings/zh-CN/card_refused.wav       or .ogg
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from drivers.errors import Misuse
from drivers.voice.chimes import Chime

SHIPPED = Path(__file__).with_name("prompts.toml")
ENDINGS = (".wav", ".ogg")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class Prompt(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to say."""

    chime: Chime | None = None
    loud: bool = False
    texts: Mapping[str, str] = {}


def load(path: Path) -> Mapping[str, Prompt]:
    """The prompts of a file.

    Raises:
        Misuse: unreadable, no UTF-8, unknown key, wrong type; names the path.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=dict[str, Prompt])
    except OSError as cause:
        raise Misuse(f"{path}: {cause.strerror}") from cause
    except (msgspec.MsgspecError, UnicodeDecodeError) as cause:
        raise Misuse(f"{path}: {cause}") from cause


def recording(folder: Path | None, prompt: str, language: str) -> Path | None:
    """The file in which somebody says it, where there is one.

    Raises:
        Misuse: a name that no file may have, or a folder that may not be read.
    """
    for name in (prompt, language):
        if not _NAME.fullmatch(name):
            raise Misuse(f"no name of a prompt or a language: {name!r}")
    if folder is None:
        return None
    candidates = (folder / language / f"{prompt}{ending}" for ending in ENDINGS)
    try:
        return next((path for path in candidates if path.is_file()), None)
    except OSError as cause:
        raise Misuse(f"{folder / language}: {cause.strerror}") from cause
