"""What the pages about people share: lists of members, and the answer to an invitation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import request, url_for

from matcher.errors import InvalidRecord
from matcher.identity import Organisation
from matcher.schemas import load_invitee
from matcher.store.accounts import key_of_email, list_accounts
from matcher.store.login_attempts import add_attempt
from matcher.store.mail import Letter, add_mail
from matcher.store.one_time_links import open_invitations
from matcher.workflow.accounts.membership import invite
from matcher.workflow.accounts.sign_in import TooManyAttempts, refuse_while_throttled
from matcher.workflow.messages.notifying import SITE
from web import backend, post, session
from web.confirm import confirmation_problem
from web.forms import messages
from web.i18n import gettext as _
from web.plain_fields import plain_field, rows_of

MOST_MEMBERS = 1_000  # on one page, so that each can be disabled


def role_label(role: str) -> str:
    words = {
        "member": _("Member"),
        "owner": _("Owner"),
        "reviewer": _("Reviewer"),
        "administrator": _("Administrator"),
    }
    return words.get(role, role)


def state_label(verification: str) -> str:
    words = {
        "pending": _("Waits for verification"),
        "verified": _("Verified"),
        "refused": _("Refused"),
        "suspended": _("Suspended"),
    }
    return words.get(verification, verification)


def members_context(organisation_id: str, roles: tuple[str, ...]) -> dict[str, Any]:
    """Return the people of an organisation (without an id: of the platform) and who is invited."""
    db = backend.database()
    if organisation_id:
        members = list_accounts(db, organisation_id=organisation_id, limit=MOST_MEMBERS)
    else:
        found = (list_accounts(db, role=role, limit=MOST_MEMBERS) for role in roles)
        members = [account for accounts in found for account in accounts]
    return {
        "members": members,
        "invitations": open_invitations(db, organisation_id, now=datetime.now(UTC)),
        "roles": [(role, role_label(role)) for role in roles],
        "fields": invitation_fields(roles),
        "problems": [],
        "link": "",
        "is_last": False,
    }


def invitation_fields(
    roles: tuple[str, ...], email: str = "", role: str = "", told: list[str] | None = None
) -> list[Any]:
    choices = [(code, role_label(code)) for code in roles]
    return [
        plain_field("email", _("E-mail address"), kind="email", value=email, errors=told or ()),
        plain_field("role", _("Role"), kind="code", value=role or roles[0], options=choices),
    ]


def invitation_answer(
    organisation: Organisation | None, roles: tuple[str, ...]
) -> tuple[dict[str, Any], int]:
    """Invite whom the form names; return what the page then shows, and its status.

    Without an organisation it is somebody who will act for the platform: that asks for the
    password again.
    """
    email, role = request.form.get("email", ""), request.form.get("role", "")
    told, secret, status = [], "", 422
    unconfirmed = "" if organisation else confirmation_problem()
    try:
        invitee = load_invitee({"email": email})
        if role in roles and not unconfirmed:
            secret = issue(organisation, invitee.email, role)
    except InvalidRecord as error:
        told = messages(error.errors.get("email"))
    except TooManyAttempts as error:
        wait_s, status = error.context["wait_s"], 429
        told = [_("Too many attempts. Wait %(seconds)s seconds, then try again.", seconds=wait_s)]
    if not secret:
        fields = invitation_fields(roles, email, role, told)
        shown = [*fields, *confirm_fields(unconfirmed)]
        return {"fields": fields, "unconfirmed": unconfirmed, "problems": rows_of(shown)}, status
    link = url_for("joining.open_invitation", secret=secret)
    mailed = email if post.can_mail() else ""
    # Read again: the invitation is in the list now.
    known = open_invitations(
        backend.writable_database(),
        organisation.organisation_id if organisation else "",
        now=datetime.now(UTC),
    )
    return {"link": f"{post.site_address()}{link}", "mailed": mailed, "invitations": known}, 200


def confirm_fields(problem: str) -> list[Any]:
    if not problem:
        return []
    return [plain_field("your_password", _("Your password"), kind="old_password", errors=[problem])]


def issue(organisation: Organisation | None, email: str, role: str) -> str:
    """Make the invitation, and mail it where there is a mail server.

    Anybody can sign up an organisation. So inviting is slowed: inboxes are not flooded, and which
    addresses have an account is not tried out.
    """
    db, gate, now = backend.writable_database(), session.gate(), datetime.now(UTC)
    by = session.signed_in().account_id
    sent = gate.digest(f"invited {key_of_email(email)}"), gate.digest(f"invited by {by}")
    taken = (gate.digest(f"invited in vain by {by}"),) * 2
    for keys in (sent, taken):
        refuse_while_throttled(db, *keys, now=now)
    organisation_id = organisation.organisation_id if organisation else ""
    try:
        secret = invite(
            db, email, role, organisation_id=organisation_id, actor=session.actor(), now=now
        )
    except InvalidRecord:
        add_attempt(db, *taken, succeeded=False, now=now)
        raise
    add_attempt(db, *sent, succeeded=False, now=now)
    if post.can_mail():
        add_mail(db, letter(organisation, email, secret), now=now)
    return secret


def letter(organisation: Organisation | None, email: str, secret: str) -> Letter:
    """Return the invitation as a letter in both languages: the invited one has no choice yet."""
    zh = organisation.name if organisation else "AI+ 场景匹配"
    en = (organisation.name_en or organisation.name) if organisation else "AI+ Scenario Matching"
    body = (
        f"“{zh}”邀请您加入 AI+ 场景匹配。链接 72 小时内有效，只能用一次：\n"
        f"{en} invites you to AI+ Scenario Matching. The link works once, within 72 hours:\n\n"
        f"{SITE}{url_for('joining.open_invitation', secret=secret)}\n"
    )
    return Letter(email, "邀请加入 AI+ 场景匹配 · An invitation to AI+ Scenario Matching", body)
