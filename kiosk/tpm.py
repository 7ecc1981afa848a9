"""A secret sealed by this machine's TPM 2: who takes the disk out reads nothing. The one seam to systemd-creds.

    systemd-creds encrypt --with-key=tpm2 --name=NAME - -      the secret → the same, sealed, as text
    systemd-creds decrypt --name=NAME - -                      and back

Sealed to PCR 7, systemd's default: it opens on this board while its Secure Boot policy is the same.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

DEVICE = Path("/dev/tpmrm0")
ENVIRONMENT = "SYSTEMD_TPM2_DEVICE"
"""Names another device to systemd-creds, and so to us."""
TIMEOUT_S = 20.0
"""A TPM on a slow bus takes about a second."""


class Unsealable(Exception):  # noqa: N818 - a verdict on the file
    """The TPM, or systemd-creds, does not do it. `args[0]` is what it said."""


def is_there() -> bool:
    """Whether this machine has a TPM 2 and the tool for it."""
    return shutil.which("systemd-creds") is not None and (ENVIRONMENT in os.environ or DEVICE.exists())


def seal(name: str, secret: bytes) -> bytes:
    """The secret so that this machine alone can read it.

    Raises:
        Unsealable: see there.
    """
    return _run(["encrypt", "--with-key=tpm2", f"--name={name}", "-", "-"], secret)


def unseal(name: str, sealed: bytes) -> bytes:
    """The secret that was given to `seal`.

    Raises:
        Unsealable: sealed on another machine, under another name, or damaged.
    """
    return _run(["decrypt", f"--name={name}", "-", "-"], sealed)


def _run(arguments: list[str], given: bytes) -> bytes:
    command = ["systemd-creds", *arguments]
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=TIMEOUT_S, check=False)  # noqa: S603 - our own words
    except (OSError, subprocess.TimeoutExpired) as cause:
        raise Unsealable(str(cause)) from None
    if done.returncode:
        raise Unsealable(done.stderr.decode(errors="replace").strip() or f"exit status {done.returncode}")
    return done.stdout
