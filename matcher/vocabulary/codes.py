"""Code lists with their labels in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from matcher.errors import UnknownRecord
from matcher.vocabulary.files import data_folder, folded, read_vocabulary

Labels = Mapping[str, Mapping[str, str]]


@cache
def _code_lists(folder: Path) -> Mapping[str, Labels]:
    """Return vocabulary → code → language → label, in file order."""
    lists: dict[str, dict[str, Mapping[str, str]]] = {}
    for row in read_vocabulary(folder, "codes.csv", ("vocabulary", "code", "zh", "en")):
        labels = MappingProxyType({"zh": row["zh"], "en": row["en"]})
        lists.setdefault(row["vocabulary"], {})[row["code"]] = labels
    return MappingProxyType({name: MappingProxyType(codes) for name, codes in lists.items()})


def vocabulary_names() -> tuple[str, ...]:
    """Return the names of all code lists, in file order."""
    return tuple(_code_lists(data_folder()))


def _code_list(vocabulary: str) -> Labels:
    try:
        return _code_lists(data_folder())[vocabulary]
    except KeyError as error:
        raise UnknownRecord("vocabulary", vocabulary) from error


def codes(vocabulary: str) -> tuple[str, ...]:
    """Return the codes of a list, in the order in which they are shown.

    Examples
    --------
    >>> codes("deployment")
    ('edge', 'on_premise', 'private_cloud', 'public_cloud')
    """
    return tuple(_code_list(vocabulary))


def label(vocabulary: str, code: str, language: str = "zh") -> str:
    """Return the label of a code in ``zh`` or ``en``.

    Raises
    ------
    UnknownRecord
        When the list or the code does not exist.

    Examples
    --------
    >>> label("ai_task", "visual_inspection"), label("ai_task", "visual_inspection", "en")
    ('视觉检测', 'Visual inspection')
    """
    try:
        return _code_list(vocabulary)[code][language]
    except KeyError as error:
        raise UnknownRecord(f"{vocabulary} code in {language}", code) from error


def options(vocabulary: str, language: str = "zh") -> list[tuple[str, str]]:
    """Return pairs of code and label, for a choice in a form.

    Examples
    --------
    >>> options("requirement_level", "en")
    [('must', 'Must'), ('want', 'Want')]
    """
    return [(code, labels[language]) for code, labels in _code_list(vocabulary).items()]


@cache
def _codes_by_name(folder: Path, vocabulary: str) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for code, labels in _code_lists(folder)[vocabulary].items():
        for name in (code, *labels.values()):
            names.setdefault(folded(name), code)
    return MappingProxyType(names)


def find_code(vocabulary: str, text: str) -> str:
    """Return the code that a code or a label of either language names, or ``""``.

    Examples
    --------
    >>> find_code("ai_task", "时序预测"), find_code("ai_task", "Speech"), find_code("ai_task", "?")
    ('forecasting', 'speech', '')
    """
    _code_list(vocabulary)
    return _codes_by_name(data_folder(), vocabulary).get(folded(text), "")
