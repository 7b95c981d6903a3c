"""Fields that name people and organisations: e-mail, telephone, credit code, password."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import Any

from stdnum.cn import uscc

from matcher.schemas.fields import About, RecordField
from matcher.schemas.messages import refuse
from matcher.schemas.values import clean_text

LONGEST_EMAIL = 254  # RFC 5321 leaves that much of a path of 256
LONGEST_LOCAL_PART = 64
FEWEST_DIGITS, MOST_DIGITS = 5, 20
CODE_LENGTH = 18
CODE_CHARACTERS = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")  # GB 32100-2015
AREA = range(2, 8)  # places of the administrative division
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 128
FEWEST_DISTINCT = 5
MOST_BREAKS = 2  # a run may start anew so often and is still a run
KEYBOARD_RUNS = ("qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p")
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_PHONE = re.compile(r"\+?[0-9 ()-]+")


class Email(RecordField[str]):
    """An e-mail address, kept in lower case so that one person has one."""

    kind = "email"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = unicodedata.normalize("NFKC", clean_text(value)).lower()
        local = text.split("@")[0]
        is_dotted_well = not (local.startswith(".") or local.endswith(".") or ".." in local)
        if (
            len(text) > LONGEST_EMAIL
            or len(local) > LONGEST_LOCAL_PART
            or not (is_dotted_well and _EMAIL.fullmatch(text))
        ):
            raise refuse("wrong_email", value)
        return text


class Phone(RecordField[str]):
    """A telephone number as people write it."""

    kind = "phone"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = unicodedata.normalize("NFKC", clean_text(value))
        n_digits = sum(mark.isdigit() for mark in text)
        if not (_PHONE.fullmatch(text) and FEWEST_DIGITS <= n_digits <= MOST_DIGITS):
            raise refuse("wrong_phone", value)
        return text


class CreditCode(RecordField[str]):
    """A unified social credit code; the message says which part of it is wrong."""

    kind = "credit_code"

    def __init__(self, about: About, *, required_for: tuple[str, ...] = ()) -> None:
        super().__init__(about, required_for=required_for)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        code = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", clean_text(value))).upper()
        if len(code) != CODE_LENGTH:
            raise refuse("credit_code_length", value, length=len(code))
        for place, character in enumerate(code):
            wanted = frozenset("0123456789") if place in AREA else CODE_CHARACTERS
            if character not in wanted:
                where = {"position": place + 1, "character": character}
                raise refuse("credit_code_characters", value, **where)
        check = uscc.calc_check_digit(code[:-1])
        if code[-1] != check:
            raise refuse("credit_code_checksum", value, check=check)
        return code


class Password(RecordField[str]):
    """A password; never shown again, not even in a message."""

    kind = "password"

    def __init__(self, about: About, *, required_for: tuple[str, ...] = ()) -> None:
        super().__init__(about, required_for=required_for, load_only=True)
        self.minimum, self.maximum = SHORTEST_PASSWORD, LONGEST_PASSWORD

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise refuse("not_text")
        limits = {"minimum": SHORTEST_PASSWORD, "maximum": LONGEST_PASSWORD}
        if not SHORTEST_PASSWORD <= len(value) <= LONGEST_PASSWORD:
            raise refuse("password_length", length=len(value), **limits)
        for position, character in enumerate(value, start=1):
            if unicodedata.category(character) in {"Cc", "Cs"}:
                name = f"U+{ord(character):04X}"
                raise refuse("control_characters", position=position, character=name)
        # One way of writing: the same keys give the same text on every machine.
        return unicodedata.normalize("NFC", value)


def is_simple_password(password: str) -> bool:
    """Say whether a password is one repetition, one run or one row of keys.

    Examples
    --------
    >>> is_simple_password("aaaaaaaaaaaa"), is_simple_password("123456789012")
    (True, True)
    >>> is_simple_password("passwordpassword"), is_simple_password("qwertyuiopas")
    (True, True)
    >>> is_simple_password("four calm herons")
    False
    """
    text = password.casefold()
    if len(set(text)) < FEWEST_DISTINCT or text in (text + text)[1:-1]:
        return True
    if any(text in run or text in run[::-1] for run in KEYBOARD_RUNS):
        return True
    steps = [_step(one, other) for one, other in pairwise(text)]
    return any(sum(step not in (0, way) for step in steps) <= MOST_BREAKS for way in (1, -1))


def _step(one: str, other: str) -> int:
    """Return how far apart two characters are; 0 follows 9."""
    step = ord(other) - ord(one)
    if one.isdecimal() and other.isdecimal() and abs(step) == 9:
        return -1 if step > 0 else 1
    return step


def is_made_of(password: str, words: str) -> bool:
    """Say whether a password is little more than some words, such as a name or an address.

    Examples
    --------
    >>> is_made_of("wang.fang@example.org", "wang.fang@example.org")
    True
    >>> is_made_of("Wang.Fang2027", "wang.fang"), is_made_of("four calm herons", "wang.fang")
    (True, False)
    """
    text, own = password.casefold(), words.casefold()
    too_short_to_matter = 4
    return len(own) >= too_short_to_matter and own in text and len(text) - len(own) < len(own)
