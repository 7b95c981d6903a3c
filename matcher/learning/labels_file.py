"""All that an update learned from, as one file beside the model: read again, it teaches the same.

No ids and no texts: lists and enterprises are digests, pairs are rows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from matcher.errors import ModelIncompatible
from matcher.learning.adequacy import NOTHING_TRIED, Tried, tried_of
from matcher.learning.two_sided import Answers
from matcher.learning.update_from_labels import LabelledList
from matcher.ranking.features import FEATURE_NAMES


@dataclass(frozen=True)
class LabelSet:
    """What an update learns from.

    Attributes
    ----------
    lists : labelled lists, which move the weights
    answers : what each side answered, which makes its probability
    tried : pairs that say from what closeness on somebody is worth proposing
    """

    lists: Sequence[LabelledList]
    answers: Mapping[str, Answers] = field(default_factory=dict)
    tried: Tried = NOTHING_TRIED


def labels_text(labels: LabelSet) -> str:
    """Return labels as the text of a file, the same for the same labels."""
    records = [
        {
            "list": one.list_id,
            "group": one.group_id,
            "at": one.at,
            "features": [[None if np.isnan(x) else float(x) for x in row] for row in one.features],
            "grades": one.grades.tolist(),
            "weights": one.weights.tolist(),
            "about": {name: mask.tolist() for name, mask in one.about.items()},
            "origins": list(one.origins),
        }
        for one in sorted(labels.lists, key=lambda one: (one.at, one.list_id))
    ]
    content = {
        "features": list(FEATURE_NAMES),
        "lists": records,
        "answers": {side: _answers_json(one) for side, one in labels.answers.items()},
        "tried": labels.tried.as_json(),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True) + "\n"


def _answers_json(answers: Answers) -> dict[str, Any]:
    names = sorted(set(answers.groups))
    number = {name: i for i, name in enumerate(names)}
    return {
        "bits": answers.bits.tolist(),
        "accepted": [int(one) for one in answers.accepted],
        "groups": [number[name] for name in answers.groups],
        "names": names,
    }


def read_labels(text: str, where: str) -> LabelSet:
    """Return the labels of a file.

    Raises
    ------
    ModelIncompatible
        The file is damaged or its labels are about other features.
    """
    try:
        content = json.loads(text)
        if content["features"] != list(FEATURE_NAMES):
            raise ValueError("its labels are about other features")
        return LabelSet(
            [_list(record) for record in content["lists"]],
            {side: _answers(one) for side, one in content.get("answers", {}).items()},
            tried_of(content["tried"]) if "tried" in content else NOTHING_TRIED,
        )
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise ModelIncompatible(
            f"{where} holds no labels ({error!r}); restore the model's folder", model=where
        ) from error


def _answers(record: Mapping[str, Any]) -> Answers:
    names = record["names"]
    return Answers(
        np.array(record["bits"], dtype=np.float64),
        np.array(record["accepted"], dtype=np.float64),
        tuple(names[number] for number in record["groups"]),
    )


def _list(record: Mapping[str, Any]) -> LabelledList:
    rows = [[np.nan if x is None else x for x in row] for row in record["features"]]
    return LabelledList(
        list_id=record["list"],
        group_id=record["group"],
        at=record["at"],
        features=np.array(rows, dtype=np.float64).reshape(-1, len(FEATURE_NAMES)),
        grades=np.array(record["grades"], dtype=np.int64),
        weights=np.array(record["weights"], dtype=np.float64),
        about={name: np.array(mask, dtype=bool) for name, mask in record["about"].items()},
        origins=tuple(record.get("origins", ())),
    )
