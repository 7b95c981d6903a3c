"""Records that are chosen by name in a form: looked for, picked, dropped.

What is chosen travels in hidden inputs, so that every button keeps it; finding is a page of the
same form without a script, and a part of it with one. Which records there are to choose from, a
room of the form says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

FIND = "find-"  # and the name of the list: the words that are looked for
LONGEST_WORDS = 60


@dataclass(frozen=True, slots=True)
class Choice:
    """A record as the form shows it."""

    record_id: str
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Control:
    """How a form draws its list: its own names and words."""

    form: str  # the id of the form
    act: str  # what its buttons are called
    find: str  # the address of the part that shows what is found
    ask: str  # the words in the empty search box
    none: str  # what is said where nothing is found


@dataclass(frozen=True, slots=True)
class Picker:
    """One list of records: what is in it, and what was looked for and found."""

    name: str
    control: Control
    chosen: tuple[Choice, ...]
    words: str
    found: tuple[Choice, ...]

    @property
    def is_empty_find(self) -> bool:
        return bool(self.words) and not self.found


def picker_of(
    control: Control,
    asked: tuple[str, Mapping[str, Any], str],
    find: Callable[[str], Iterable[Choice]],
    show: Callable[[str], Choice],
) -> Picker:
    """Return one list with what some words find for it.

    Parameters
    ----------
    asked : tuple
        The name of the list, what was typed into the form, and the words that are looked for.
    """
    name, values, words = asked
    ids = ids_of(values, name)
    found = [one for one in find(words) if one.record_id not in ids] if words else []
    return Picker(name, control, tuple(map(show, ids)), words, tuple(found))


def asked_words(sent: Mapping[str, str], name: str) -> str:
    return " ".join(sent.get(f"{FIND}{name}", "").replace("\0", " ").split())[:LONGEST_WORDS]


def ids_of(values: Mapping[str, Any], name: str) -> list[str]:
    stated = values.get(name) or []
    listed = stated if isinstance(stated, list | tuple) else [stated]
    return [str(one) for one in listed]


def with_picked(values: Mapping[str, Any], verb: str, name: str, record_id: str) -> list[str]:
    """Return a list after a record was picked or dropped."""
    ids = [one for one in ids_of(values, name) if one != record_id]
    return [*ids, record_id] if verb == "pick" else ids
