"""The fields of a new account (账户): who signs in, and with which password."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matcher.records import Invitee, NewAccount
from matcher.schemas.base import Group, RecordSchema
from matcher.schemas.fields import ALWAYS, About, Text
from matcher.schemas.identifiers import Email, Password, is_made_of, is_simple_password
from matcher.schemas.messages import problem


def password_problems(password: str, *own: str) -> list[tuple[str, Any]]:
    """Return what makes a password easy to guess; no rule on kinds of characters.

    Parameters
    ----------
    password : str
        As it was typed; it is never part of a message.
    *own : str
        What others know of the person: the e-mail address, its local part, the name.
    """
    if any(is_made_of(password, words) for words in own):
        return [("password", problem("password_is_own"))]
    if is_simple_password(password):
        return [("password", problem("password_simple"))]
    return []


class AccountSchema(RecordSchema):
    """What a person types to get an account."""

    record = NewAccount
    record_kind = "account"
    label_zh, label_en = "账户", "Account"
    id_field = "email"
    groups = (Group("account", "账户", "Account", ("name", "email", "password", "password_again")),)

    email = Email(
        About(
            "邮箱",
            "E-mail",
            "用来登录和接收通知。",
            "To sign in with, and for notices.",
            "name@example.org",
            visibility="private",
        ),
        required_for=ALWAYS,
    )
    name = Text(
        About(
            "姓名",
            "Name",
            "同单位的人看得到。",
            "People of your organisation see it.",
            visibility="private",
        ),
        limits=(1, 40),
        cap=200,
        required_for=ALWAYS,
    )
    password = Password(
        About(
            "密码",
            "Password",
            "12–128 个字符；一句好记的话比短而复杂的更好。",
            "12-128 characters; a phrase you remember is better than a short, odd one.",
            visibility="private",
        ),
        required_for=ALWAYS,
    )
    password_again = Password(
        About(
            "再输一遍密码",
            "Password again",
            "防止打错。",
            "In case of a slip.",
            visibility="private",
        ),
        required_for=ALWAYS,
    )

    def problems_together(self, data: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """Refuse a password that is easy to guess or typed in two ways."""
        found = super().problems_together(data)
        password, email = data.get("password"), data.get("email", "")
        if password is None:
            return found
        found += password_problems(password, email, email.split("@")[0], data.get("name", ""))
        again = data.get("password_again")
        if again is not None and again != password:
            found.append(("password_again", problem("password_differs")))
        return found


class InviteeSchema(RecordSchema):
    """Whom to invite, or who asks to be invited."""

    record = Invitee
    record_kind = "invitee"
    label_zh, label_en = "受邀人", "Invitee"
    id_field = "email"
    groups = (Group("invitee", "受邀人", "Invitee", ("email", "name")),)

    email = Email(
        About(
            "邮箱",
            "E-mail",
            "加入后用它登录。",
            "To sign in with after joining.",
            "name@example.org",
            visibility="private",
        ),
        required_for=ALWAYS,
    )
    name = Text(
        About(
            "姓名",
            "Name",
            "对方据此认出是谁。",
            "So that they know who it is.",
            visibility="private",
        ),
        limits=(1, 40),
        cap=200,
    )
