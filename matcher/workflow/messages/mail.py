"""Send what waits in the queue through a mail server, where one is set.

==========================  ==================================================================
``AIPLUS_SMTP_HOST``        the mail server; without it nothing is sent
``AIPLUS_SMTP_PORT``        its port (default 587 with STARTTLS, else 25)
``AIPLUS_SMTP_USER``        name to sign in with, if it asks for one
``AIPLUS_SMTP_PASSWORD``    and the password
``AIPLUS_SMTP_FROM``        the sender's address
``AIPLUS_SMTP_STARTTLS``    ``0`` for a server of this machine that knows no TLS (default ``1``)
==========================  ==================================================================
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from typing import NamedTuple

from sqlite_utils import Database

from matcher.errors import MatcherError, shown
from matcher.store.mail import Letter, claim_mail, note_failed, note_sent
from matcher.workflow.messages.notifying import SITE

TIMEOUT_S = 20
MOST_AT_ONCE = 200


class WrongMailSetting(MatcherError):
    """A setting of the mail server cannot be used."""

    code = "wrong_mail_setting"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over, and as whom."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = True


class Sending(NamedTuple):
    """What one run has sent, and what it could not."""

    n_sent: int
    errors: list[str]


def mail_server(environ: Mapping[str, str]) -> MailServer | None:
    """Return the mail server that the environment names, or None where it names none.

    Raises
    ------
    WrongMailSetting
        When the port is no port or no sender is named.
    """
    host = environ.get("AIPLUS_SMTP_HOST", "").strip()
    if not host:
        return None
    starttls = environ.get("AIPLUS_SMTP_STARTTLS", "1") != "0"
    port = environ.get("AIPLUS_SMTP_PORT", "").strip() or ("587" if starttls else "25")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise WrongMailSetting(
            f"AIPLUS_SMTP_PORT: got {shown(port)}, expected a number from 1 to 65535"
        )
    sender = environ.get("AIPLUS_SMTP_FROM", "").strip()
    if "@" not in sender:
        raise WrongMailSetting(
            f"AIPLUS_SMTP_FROM: got {shown(sender)}, expected the sender's e-mail address"
        )
    user, password = environ.get("AIPLUS_SMTP_USER", ""), environ.get("AIPLUS_SMTP_PASSWORD", "")
    return MailServer(host, int(port), sender, user, password, starttls)


def send_waiting(db: Database, server: MailServer, *, site: str, now: datetime) -> Sending:
    """Send what waits; what fails stays in the queue with its error and is tried again later.

    Parameters
    ----------
    site : str
        The address at which the site is reached, for the links in the letters.
    """
    n_sent, errors = 0, []
    for _ in range(MOST_AT_ONCE):
        waiting = claim_mail(db, now=now)
        if waiting is None:
            break
        try:
            hand_over(server, message_of(waiting.letter, server.sender, site=site, now=now))
        except (OSError, smtplib.SMTPException) as error:
            told = f"{type(error).__name__}: {error}"
            note_failed(db, waiting.mail_id, told)
            errors.append(told)
            if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
                break  # nobody answers: the next letter would wait for nothing as well
            continue
        note_sent(db, waiting.mail_id, now=now)
        n_sent += 1
    return Sending(n_sent, errors)


def message_of(letter: Letter, sender: str, *, site: str, now: datetime) -> EmailMessage:
    """Return a letter as a message of plain text."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.recipient
    message["Subject"] = " ".join(letter.subject.split())  # a header is one line
    message["Date"] = now
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body.replace(SITE, site.rstrip("/")))
    return message


def hand_over(server: MailServer, message: EmailMessage) -> None:
    """Give one message to the server."""
    with smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S) as connection:
        if server.starttls:
            connection.starttls(context=ssl.create_default_context())
        if server.user:
            connection.login(server.user, server.password)
        connection.send_message(message)
