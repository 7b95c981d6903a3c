"""Actions and objects of the audit trail in words; the codes stand beside them on the page."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from matcher.vocabulary import data_folder, options, vocabulary_names
from matcher.vocabulary.files import read_vocabulary
from web.i18n import gettext as _
from web.i18n import language

OBJECT, VERB, ACTION = "object", "verb", "action"
Words = dict[tuple[str, str], tuple[str, str]]


@cache
def _words(folder: Path) -> Words:
    rows = read_vocabulary(folder, "audit_words.csv", ("part", "code", "zh", "en"))
    return {(row["part"], row["code"]): (row["zh"], row["en"]) for row in rows}


def _word(part: str, code: str) -> str:
    zh, en = _words(data_folder()).get((part, code), ("", ""))
    return zh if language() == "zh" else en


def object_words(kind: str) -> str:
    """Return what a kind of object is called, or its code where it has no name."""
    return _word(OBJECT, kind) or kind


def action_words(action: str) -> str:
    """Return an action as words, such as: Need: published; its code where it has none."""
    kind, _dot, verb = action.partition(".")
    said = _word(ACTION, action) or _step_words(kind, verb) or _word(VERB, verb)
    return _("%(object)s: %(verb)s", object=object_words(kind), verb=said) if said else action


def _step_words(kind: str, verb: str) -> str:
    """Return the words of a step of the handshake or a state, which the pages have already."""
    name = f"{kind}_action"
    if name not in vocabulary_names():
        return ""
    return dict(options(name, language())).get(verb, "")
