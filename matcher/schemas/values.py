"""Read single values: clean text, numbers, ids, codes and regions, from form text or JSON.

Each function returns the value as it is stored or refuses it with a problem in both languages.
"""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal
from typing import Any

from matcher.schemas.messages import refuse
from matcher.vocabulary import adcode_of, codes, find_code, is_region, label

LARGEST_NUMBER = 1e15
SHOWN_CHOICES = 24
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_WHOLE = re.compile(r"[+-]?\d{1,18}")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")


def text_length(text: str) -> int:
    """Count a text in Chinese characters: a wide character is one, a narrow one is half.

    Examples
    --------
    >>> text_length("表面缺陷"), text_length("defects!"), text_length("AI质检")
    (4, 4, 3)
    """
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return math.ceil(wide + (len(text) - wide) / 2)


def clean_text(value: object, *, multiline: bool = False) -> str:
    """Return text as it is stored: NFC, stripped, without control characters.

    Raises
    ------
    marshmallow.ValidationError
        When the value is not text or holds a control character or half a surrogate pair.
    """
    if not isinstance(value, str):
        raise refuse("not_text", value)
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    for position, character in enumerate(text, start=1):
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t":
            name = f"U+{ord(character):04X}"
            raise refuse("control_characters", value, position=position, character=name)
    if multiline:
        return "\n".join(line.rstrip() for line in text.split("\n")).strip()
    return " ".join(text.split())


def whole_number(value: Any) -> int:
    """Return a whole number given as number or text; ``True`` is not a number."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER:
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) <= LARGEST_NUMBER:
        return int(value)
    text = unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else ""
    if not _WHOLE.fullmatch(text):
        raise refuse("not_whole_number", value)
    return int(text)


def decimal_number(value: Any) -> Decimal:
    """Return a finite decimal number given as number or text, without rounding."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        text = repr(value) if isinstance(value, float) else str(value)
    else:
        text = unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else ""
    if not _NUMBER.fullmatch(text):
        raise refuse("not_number", value)
    return Decimal(text)


def one_id(value: Any) -> str:
    """Return a well-formed id."""
    text = value.strip() if isinstance(value, str) else ""
    if not _ID.fullmatch(text):
        raise refuse("wrong_id", value)
    return text


def one_code(vocabulary: str, value: Any) -> str:
    """Return the code that a value names in a vocabulary."""
    code = find_code(vocabulary, str(value)) if isinstance(value, str | int) else ""
    if not code:
        known = codes(vocabulary)
        shown = known[:SHOWN_CHOICES]
        more = "…" if len(known) > len(shown) else ""
        raise refuse(
            "unknown_code",
            value,
            choices_zh="、".join(label(vocabulary, known) for known in shown) + more,
            choices_en=", ".join(shown) + more,
        )
    return code


def one_region(value: Any) -> str:
    """Return the adcode of a known region."""
    text = str(value) if isinstance(value, int) else clean_text(value)
    adcode = text if is_region(text) else adcode_of(text)
    if not adcode:
        raise refuse("unknown_region", value)
    return adcode
