"""What a technician is told of a configuration that cannot be read."""

from __future__ import annotations

import pytest

from drivers.errors import Misuse
from drivers.probe.config import devices


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        ("# 书屋".encode("gb18030"), "no UTF-8; save the file as UTF-8"),
        (b"devices = 3", "$.devices"),
        (b"[devices", "Expected ']'"),
    ],
)
def test_the_file_is_named_and_what_is_wrong_with_it(tmp_path, octets, why):
    path = tmp_path / "kiosk.toml"
    path.write_bytes(octets)
    with pytest.raises(Misuse) as refused:
        devices(path)
    assert refused.value.text.startswith(f"{path}: ")
    assert why in refused.value.text


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(Misuse, match="Is a directory"):
        devices(tmp_path)
