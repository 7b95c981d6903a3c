"""Find and mask what betrays who wrote a text: names, addresses of the net, numbers of people.

An anonymous need is shown before both sides accept, so the enterprise's own names and everything
that leads to it must be out of every text. Names are found in any width, case, spacing and in
traditional characters. What a reader can guess from facts alone ("the largest plant of the city")
no list finds; the preview shows the writer what others will see.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from matcher.intake.folding import BARRIER, Folded, fold, same_width
from matcher.intake.names import SHORTEST_NAME
from matcher.intake.texts import with_texts
from matcher.records import Need

MASK = BARRIER * 3
SHORT_LATIN = 4  # a Latin name up to this length counts only as a word of its own

LABELS: dict[str, tuple[str, str]] = {
    "name": ("单位名称", "organisation name"),
    "credit_code": ("统一社会信用代码", "unified social credit code"),
    "id_number": ("身份证号", "identity card number"),
    "email": ("电子邮箱", "e-mail address"),
    "web": ("网址", "web address"),
    "phone": ("电话号码", "phone number"),
    "account": ("社交账号", "messenger account"),
}

_TLD = r"(?:com|cn|net|org|gov|edu|io|ai|co|tech|info|biz|top|xyz|site|online|hk|mo|tw|eu|de|uk|us)"
# In this order: an address holds a domain, most identity numbers have the form of a credit code,
# too, and either may hold what looks like a phone number.
_PATTERNS: tuple[tuple[str, str], ...] = (
    # From its @ on; what stands before it is looked for backwards, see ``_with_local_part``.
    ("email", r"(?<=[\w.+\-])\s?@\s?[\w\-]+(?:\.[\w\-]+)+"),
    (
        "web",
        (
            rf"https?://[^\s，。；、）)】>]+|\bwww\.[^\s，。；、）)】>]+|"
            rf"(?<![\w.\-])(?:[a-z0-9][a-z0-9\-]*\.)+{_TLD}(?![\w\-])(?:/[^\s，。；、）)】>]*)?"
        ),
    ),
    (
        "id_number",
        (
            r"(?<![0-9A-Z])[1-9]\d{5}[ \-]?(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])"
            r"(?:0[1-9]|[12]\d|3[01])[ \-]?\d{3}[\dX](?![0-9A-Z])"
        ),
    ),
    (
        "credit_code",
        (
            r"(?<![0-9A-Z])(?=(?:[ \-]?[0-9A-Z]){18}(?![0-9A-Z]))"
            r"[159ANY][ \-]?[1-9A](?:[ \-]?\d){6}(?:[ \-]?[0-9A-HJ-NPQRTUWXY]){10}"
        ),
    ),
    (
        "phone",
        (
            r"(?<![\d.])(?:(?:\+|00)\s?86[ \-]?)?1[3-9]\d(?:[ \-]?\d{4}){2}(?!\d)"
            r"|(?<![\d.])(?:(?:\+|00)\s?86[ \-]?)?[(]?0\d{2,3}[)]?[ \-]?\d{4}[ ]?\d{3,4}(?!\d)"
            r"|(?<![\d.])[48]00[ \-]?\d{3,4}[ \-]?\d{3,4}(?!\d)"
            r"|\+\d{1,3}(?:[ \-]?\d{2,4}){2,5}(?!\d)"
        ),
    ),
    (
        "account",
        (
            r"(?:微信|weixin|wechat|qq|whatsapp|telegram|skype)\s*(?:号|群|id|account)?\s*[:：是为]\s*"
            r"[a-z0-9][\w\-]{3,}"
        ),
    ),
)
_FOUND = tuple((kind, re.compile(pattern, re.IGNORECASE | re.ASCII)) for kind, pattern in _PATTERNS)

_LOCAL_PART = frozenset(f"{string.ascii_letters}{string.digits}_.+-")
_PRIORITY = {kind: i for i, kind in enumerate(("name", *(kind for kind, _ in _PATTERNS)))}


@dataclass(frozen=True, slots=True)
class Identifying:
    """One passage that betrays who wrote a text."""

    kind: str  # a key of LABELS
    start: int
    end: int
    text: str  # as it was written

    @property
    def label_zh(self) -> str:
        """What it is, in Chinese."""
        return LABELS[self.kind][0]

    @property
    def label_en(self) -> str:
        """What it is, in English."""
        return LABELS[self.kind][1]


def find_identifying(text: str, names: Iterable[str] = ()) -> tuple[Identifying, ...]:
    """Return the passages that betray who wrote a text, in order, none over another.

    Parameters
    ----------
    text : str
    names : iterable of str
        The organisation's names, best those of ``names_to_mask``; names of fewer than two
        letters are left alone.

    Examples
    --------
    >>> [(f.kind, f.text) for f in find_identifying("华 為 联系 138-0013-8000", ["华为"])]
    [('name', '华 為'), ('phone', '138-0013-8000')]
    """
    plain = same_width(text)
    spans = [
        (kind, _with_local_part(plain, found.start()) if kind == "email" else found.start(),
         found.end())
        for kind, pattern in _FOUND
        for found in pattern.finditer(plain)
    ]  # fmt: skip
    spans += [("name", *span) for span in _name_spans(fold(text), names)]
    return tuple(Identifying(kind, a, b, text[a:b]) for kind, a, b in _joined(spans))


def mask(text: str, names: Iterable[str] = ()) -> str:
    """Return the text with everything that betrays its writer replaced by ``■■■``.

    Masking a masked text changes nothing, and no name is left in any spelling.

    Examples
    --------
    >>> mask("ＡＣＭＥ（苏州）的热轧线，致电 0512-66668888", ["Acme", "Acme 苏州"])
    '■■■）的热轧线，致电 ■■■'
    """
    wanted = tuple(names)
    while found := find_identifying(text, wanted):
        parts, at = [], 0
        for passage in found:
            parts += [text[at : passage.start], MASK]
            at = passage.end
        text = "".join([*parts, text[at:]])
    return text


def mask_need(need: Need, names: Iterable[str]) -> Need:
    """Return the need as others see it while it is anonymous: every free text masked.

    Codes, figures and dates stay; who may see which field is decided elsewhere.
    """
    wanted = tuple(names)
    return with_texts(need, lambda text: mask(text, wanted))


def _with_local_part(text: str, at: int) -> int:
    """Return where the word before an @ begins.

    A pattern for it would be tried from each letter of a word of 100,000, through to its end.
    """
    while at > 0 and text[at - 1] in _LOCAL_PART:
        at -= 1
    return at


def _name_spans(folded: Folded, names: Iterable[str]) -> Iterator[tuple[int, int]]:
    for name in {fold(name).text.replace(BARRIER, "") for name in names}:
        if len(name) < SHORTEST_NAME:
            continue
        needs_ends = name.isascii() and len(name) <= SHORT_LATIN
        for start, end in folded.occurrences(name):
            if not needs_ends or _is_word(folded, start, end):
                yield folded.span(start, end)


def _is_word(folded: Folded, start: int, end: int) -> bool:
    """Whether no Latin letter or digit touches the name in the text as it was written."""
    text, places = folded.text, folded.places
    before = start > 0 and places[start - 1] == places[start] - 1 and text[start - 1].isascii()
    after = end < len(text) and places[end] == places[end - 1] + 1 and text[end].isascii()
    return not before and not after


def _joined(spans: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Return the spans in order, those that overlap as one of the first one's kind."""
    result: list[tuple[str, int, int]] = []
    for kind, start, end in sorted(spans, key=lambda span: (span[1], -span[2], _PRIORITY[span[0]])):
        if result and start < result[-1][2]:
            first, a, b = result[-1]
            result[-1] = (first, a, max(b, end))
        else:
            result.append((kind, start, end))
    return result
