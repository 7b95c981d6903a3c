"""The second factor: six digits of an authenticator application (TOTP, RFC 6238)."""

from __future__ import annotations

from datetime import datetime

import pyotp

PERIOD_S = 30
ISSUER = "AI Plus 场景匹配"
# One period to each side, for clocks that differ and people who type slowly (RFC 6238, 5.2).
TOLERATED_STEPS = (0, -1, 1)


def new_secret() -> str:
    """Return a fresh secret of 160 random bits as base32 text."""
    return pyotp.random_base32()


def provisioning_address(secret: str, email: str) -> str:
    """Return the ``otpauth://`` address that an authenticator reads from a QR code."""
    return pyotp.TOTP(secret, interval=PERIOD_S).provisioning_uri(name=email, issuer_name=ISSUER)


def matching_step(secret: str, code: str, *, now: datetime, last_step: int) -> int | None:
    """Return the time step that a code belongs to, or None when it fits none that may be used.

    A code works once: only steps after the last one used count.
    """
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) == 6):
        return None
    current = int(now.timestamp()) // PERIOD_S
    totp = pyotp.TOTP(secret, interval=PERIOD_S)
    for offset in TOLERATED_STEPS:
        step = current + offset
        if step > last_step and pyotp.utils.strings_equal(totp.at(step * PERIOD_S), digits):
            return step
    return None
