"""Who may say that evidence was checked: never the one who offers it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from matcher.records import Evidence

UNCHECKED = "unchecked"


def with_earned_states(
    offered: Iterable[Evidence], stored: Iterable[Evidence] = ()
) -> tuple[Evidence, ...]:
    """Return evidence as offered, with the state of the check that the stored one earned.

    A changed piece is a new one: whoever edits a checked report has it checked again.

    Examples
    --------
    >>> offered = Evidence("E1", "patent", "text")
    >>> stored = replace(offered, check_state="checked")
    >>> [one.check_state for one in with_earned_states([stored])]
    ['unchecked']
    >>> [one.check_state for one in with_earned_states([offered], [stored])]
    ['checked']
    """
    earned = {replace(one, check_state=""): one.check_state for one in stored}
    return tuple(
        replace(one, check_state=earned.get(replace(one, check_state="")) or UNCHECKED)
        for one in offered
    )
