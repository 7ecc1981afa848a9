"""A kiosk's configuration that is right in everything, as a file, for tests that spoil one line of it."""

from __future__ import annotations

import base64
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
PUBLIC_KEY = base64.b64encode(KEY.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
NOBODY = 9
"""A port of loopback (discard) that nobody listens at."""

DESK_AND_ROOM = f"""device = "shiqiao-room"
state = "state"

[central]
public_key = "{PUBLIC_KEY}"

[mqtt]
port = {NOBODY}

[ils]
host = "127.0.0.1"
port = {NOBODY}
user = "shiqiao-room"
password_file = "password"

[screen]
port = 18080

[desk]

[room]

[devices.pad]
port = "socket://127.0.0.1:{NOBODY}"

[devices.scanner]
port = "socket://127.0.0.1:{NOBODY}"

[devices.door_scanner]
port = "socket://127.0.0.1:{NOBODY}"

[devices.door]
port = "socket://127.0.0.1:{NOBODY}"
"""


def written(folder: Path, text: str = DESK_AND_ROOM) -> Path:
    """`kiosk.toml` and the password that it names."""
    password = folder / "password"
    password.write_text("secret\n", encoding="utf-8")
    password.chmod(0o600)
    path = folder / "kiosk.toml"
    path.write_text(text, encoding="utf-8")
    return path
