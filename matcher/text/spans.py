"""What differs between two texts, word by word: for showing an old and a new one side by side."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import NamedTuple

# A Han character or mark stands alone; letters and digits of other scripts hold together.
_PIECE = re.compile(r"[A-Za-z0-9_.%\u00c0-\u024f]+|\s+|.", re.DOTALL)
MOST_PIECES = 4_000  # beyond it the whole text counts as changed: comparing grows with the square


class Span(NamedTuple):
    """A stretch of text that stands in both, or only in this one."""

    text: str
    is_changed: bool


def changed_spans(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return both texts cut into stretches that stay and stretches that change.

    Joined together the stretches of each side give its text.

    Examples
    --------
    >>> old, new = changed_spans("识别裂纹 98%", "识别夹杂 98%")
    >>> [span.text for span in old if span.is_changed], [s.text for s in new if s.is_changed]
    (['裂纹'], ['夹杂'])
    """
    before, after = _PIECE.findall(old), _PIECE.findall(new)
    if old == new or max(len(before), len(after)) > MOST_PIECES:
        return _whole(old, old != new), _whole(new, old != new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    left: list[Span] = []
    right: list[Span] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        for side, pieces in ((left, before[i1:i2]), (right, after[j1:j2])):
            if pieces:
                side.append(Span("".join(pieces), tag != "equal"))
    return tuple(left), tuple(right)


def _whole(text: str, is_changed: bool) -> tuple[Span, ...]:
    return (Span(text, is_changed),) if text else ()
