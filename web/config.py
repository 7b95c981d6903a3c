"""Settings of the site, read from the environment.

==========================  ==================================================================
``AIPLUS_DATABASE``         the database file (default ``var/aiplus.db``)
``AIPLUS_MODELS``           the folder of stored models (default ``models``)
``AIPLUS_SECRET_KEY``       key that signs the session cookie; else kept beside the database
``AIPLUS_TRUSTED_HOSTS``    host names that the site answers to, by commas (default: loopback)
``AIPLUS_HTTPS``            ``1`` when served over HTTPS: secure cookies and HSTS
``AIPLUS_PROXIES``          how many reverse proxies stand before the site (default ``0``): so many
                            times over is the address of who asks taken from ``X-Forwarded-For``
``AIPLUS_URL``              the address of the site, for links in mails (default: as asked)
``AIPLUS_SMTP_HOST``        the mail server, and more: ``matcher/workflow/messages/mail.py``
==========================  ==================================================================
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from matcher.errors import MatcherError, shown
from matcher.settings import database_path, models_folder
from matcher.workflow.accounts.passwords import Effort
from matcher.workflow.messages.mail import mail_server

LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
SESSION_LIFETIME = timedelta(hours=8)
# Far above what any form may hold, so that a text that is too long comes back on its form; 100,000
# Chinese characters are 0.9 MB on the way.
MAX_BODY_BYTES = 2 * 1024 * 1024
MAX_FORM_PARTS = 500
MOST_PROXIES = 9
N_READS, READ_AGAIN_S = 20, 0.01
SECRET_KEY_FILE = "secret-key"  # noqa: S105 - the name of a file, not a secret


class WrongSetting(MatcherError):
    """A setting of the site cannot be used."""

    code = "wrong_setting"


def read_or_create_secret(path: Path, n_bytes: int = 32) -> str:
    """Return the secret kept in a file that its owner alone may read, making it once.

    The file is made with O_EXCL, so that workers that start together agree on one secret; who comes
    second waits a moment until the first has written it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _kept_secret(path) or _replace_empty(path, n_bytes)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        made = secrets.token_urlsafe(n_bytes)
        file.write(made)
    return made


def _kept_secret(path: Path) -> str:
    for _attempt in range(N_READS):
        kept = path.read_text("ascii").strip()
        if kept:
            return kept
        time.sleep(READ_AGAIN_S)
    return ""


def _replace_empty(path: Path, n_bytes: int) -> str:
    made = secrets.token_urlsafe(n_bytes)
    path.write_text(made, "ascii")
    return made


def trusted_hosts(environ: Mapping[str, str]) -> list[str]:
    named = [name.strip() for name in environ.get("AIPLUS_TRUSTED_HOSTS", "").split(",")]
    return [name for name in named if name] or LOOPBACK


def n_proxies(environ: Mapping[str, str]) -> int:
    """Return how many proxies add an address to ``X-Forwarded-For``; nobody else is believed."""
    told = environ.get("AIPLUS_PROXIES", "").strip() or "0"
    if not (told.isascii() and told.isdigit() and int(told) <= MOST_PROXIES):
        raise WrongSetting(
            f"AIPLUS_PROXIES: got {shown(told)}, expected a number from 0 to {MOST_PROXIES}: how "
            "many reverse proxies stand before the site"
        )
    return int(told)


def load_config(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the whole Flask configuration for an environment."""
    database = database_path(environ)
    https = environ.get("AIPLUS_HTTPS") == "1"
    secret_key = environ.get("AIPLUS_SECRET_KEY") or read_or_create_secret(
        database.parent / SECRET_KEY_FILE
    )
    return {
        "DATABASE": database,
        "MODELS": models_folder(environ),
        "SECRET_KEY": secret_key,
        "PASSWORD_EFFORT": Effort(),
        "TRUSTED_HOSTS": trusted_hosts(environ),
        "HTTPS": https,
        "PROXIES": n_proxies(environ),
        "SITE_URL": environ.get("AIPLUS_URL", ""),
        "MAIL_SERVER": mail_server(environ),
        "MAX_CONTENT_LENGTH": MAX_BODY_BYTES,
        "MAX_FORM_MEMORY_SIZE": MAX_BODY_BYTES,
        "MAX_FORM_PARTS": MAX_FORM_PARTS,
        "PERMANENT_SESSION_LIFETIME": SESSION_LIFETIME,
        # Otherwise every answer would renew the cookie, also those that others may keep.
        "SESSION_REFRESH_EACH_REQUEST": False,
        "SESSION_COOKIE_NAME": "__Host-aiplus" if https else "aiplus",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,  # a token lives as long as its session
        "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
        "BABEL_TRANSLATION_DIRECTORIES": "translations",
    }
