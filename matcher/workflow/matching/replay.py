"""Replay what was shown: the same number to the last digit, and what has changed since.

A shown match is named by its list and its place in it, such as ``12-3``. What was kept with it is
enough: the record, the catalogue and the model that serves may all have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.errors import InvalidRecord, UnknownRecord, shown
from matcher.ranking.model import AdditiveModel
from matcher.ranking.registry import load_model
from matcher.ranking.replay import Difference, replay_bases, replay_score
from matcher.ranking.results import Match
from matcher.ranking.sides import side_probabilities
from matcher.store.catalogue import catalogue_revision
from matcher.store.engagements import shown_probabilities
from matcher.store.matches import StoredMatchList, all_match_lists, read_match_list
from matcher.store.versions import Key, read_head, read_version_payload
from matcher.workflow.matching.serving import model_folder, serving_id

EXPECTED = "a list such as 12, or a list and a place such as 12-3"


class InputChange(NamedTuple):
    """A record that a score was computed from and that reads otherwise now."""

    kind: str
    record_id: str
    version: int
    version_now: int | None  # None: it was withdrawn
    fields: tuple[str, ...]  # that differ


class ReplayedMatch(NamedTuple):
    """One shown match, its number then and now, and what has changed since."""

    match_id: str
    need_id: str
    provider_id: str
    capability_id: str
    model_id: str
    shown_at: datetime
    rank: int
    propensity: float
    kept_bits: float
    bits: float
    kept_probability: float
    probability: float
    differences: tuple[Difference, ...]
    changed: tuple[InputChange, ...]
    catalogue_then: int
    catalogue_now: int
    serving_now: str

    @property
    def is_same(self) -> bool:
        """Whether every number came out as it was kept."""
        return not self.differences


class Models:
    """The models of an installation, each loaded once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: dict[str, AdditiveModel] = {}

    def get(self, model_id: str) -> AdditiveModel:
        """Return a model.

        Raises
        ------
        ModelMissing, ModelIncompatible
            Without its very model a score cannot be computed again.
        """
        if model_id not in self._loaded:
            self._loaded[model_id] = load_model(model_folder(self._folder, model_id))
        return self._loaded[model_id]


def read_match_id(text: str) -> tuple[int, int | None]:
    """Return the list and the place that a match's name stands for; None: the whole list.

    Raises
    ------
    InvalidRecord
        When it is no such name.

    Examples
    --------
    >>> read_match_id("12-3"), read_match_id("12")
    ((12, 3), (12, None))
    """
    number, dash, place = text.strip().partition("-")
    parts = (number, place) if dash else (number,)
    if not all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts):
        raise InvalidRecord("match", {"match": [f"got {shown(text)}, expected {EXPECTED}"]})
    return int(number), int(place) if dash else None


def replay_match(db: Database, models: Path, match_id: str) -> list[ReplayedMatch]:
    """Replay one shown match, or every match of one list.

    Raises
    ------
    InvalidRecord, UnknownRecord
        The name is none, or nothing was kept under it.
    ModelMissing, ModelIncompatible
        The model that made the score is not there any more.
    """
    list_id, place = read_match_id(match_id)
    replayed = list(_replay_list(db, Models(models), serving_id(db, models), list_id))
    found = [one for one in replayed if place in (None, one.rank)]
    if not found and place is not None:
        raise UnknownRecord("match", match_id)
    return found


def replay_all(
    db: Database, models: Path, *, progress: Callable[[int, int], None] | None = None
) -> Iterator[ReplayedMatch]:
    """Yield every match that was ever shown, replayed, the oldest list first.

    ``progress`` is told (lists done, lists in all).
    """
    loaded, serving = Models(models), serving_id(db, models)
    lists = all_match_lists(db)
    for done, list_id in enumerate(lists, start=1):
        yield from _replay_list(db, loaded, serving, list_id)
        if progress is not None:
            progress(done, len(lists))


def _replay_list(
    db: Database, models: Models, serving: str, list_id: int
) -> Iterator[ReplayedMatch]:
    stored = read_match_list(db, list_id)
    shown_list = stored.match_list
    model = models.get(shown_list.model_id) if shown_list.matches else None
    told = shown_probabilities(db, list_id)
    raws = {} if model is None else _raw_sums(model, stored)
    revision = catalogue_revision(db)
    for match in shown_list.matches:
        if model is None:
            return
        again = replay_score(model, match)
        differences = (
            *_of_list(model, stored, match),
            *again.differences,
            *_of_order(stored, raws, match),
            *_told(told, match),
            *_of_sides(model, stored, match),
        )
        yield ReplayedMatch(
            match_id=f"{list_id}-{match.rank}",
            need_id=str(shown_list.need.get("need_id", "")),
            provider_id=match.provider_id,
            capability_id=match.capability_id,
            model_id=shown_list.model_id,
            shown_at=stored.created_at,
            rank=match.rank,
            propensity=stored.propensities[match.capability_id],
            kept_bits=match.bits,
            bits=again.bits,
            kept_probability=match.probability,
            probability=again.probability,
            differences=differences,
            changed=tuple(_changed(db, stored, match)),
            catalogue_then=shown_list.catalogue_revision,
            catalogue_now=revision,
            serving_now=serving,
        )


def _raw_sums(model: AdditiveModel, stored: StoredMatchList) -> dict[str, float]:
    matches = stored.match_list.matches
    return {match.capability_id: replay_score(model, match).raw for match in matches}


def _of_list(model: AdditiveModel, stored: StoredMatchList, match: Match) -> Iterator[Difference]:
    """Compare what all matches of a list rest on, once, with its first match."""
    if match.rank != stored.match_list.matches[0].rank:
        return
    kept, found = stored.match_list.model_sha256, str(model.manifest.get("sha256", ""))
    if kept and kept != found:
        yield Difference("model_sha256", kept, found)
    yield from replay_bases(stored.match_list.bases)


def _of_order(
    stored: StoredMatchList, raws: dict[str, float], match: Match
) -> Iterator[Difference]:
    """Check that whoever was wanted before a match scored no lower."""
    wanted = stored.intended.get(match.capability_id, match.rank)
    above = [
        raws[other.capability_id]
        for other in stored.match_list.matches
        if stored.intended.get(other.capability_id, other.rank) < wanted
    ]
    own = raws[match.capability_id]
    if above and min(above) < own:
        place = 1 + sum(value >= own for value in above)
        yield Difference("rank", float(wanted), float(place))


def _told(told: dict[int, tuple[str, float]], match: Match) -> Iterator[Difference]:
    """Compare the number that an engagement carries on with the one that was shown."""
    engagement_id, probability = told.get(match.rank, ("", match.probability))
    if probability != match.probability:
        yield Difference(f"engagement {engagement_id}", probability, match.probability)


def _of_sides(model: AdditiveModel, stored: StoredMatchList, match: Match) -> Iterator[Difference]:
    """Compare how likely each side was said to accept, where the model knew it."""
    if match.capability_id not in stored.sides:
        return
    found = side_probabilities(model, match.bits)
    pairs = zip(("need", "provider"), stored.sides[match.capability_id],
                (found.need, found.provider), strict=True)  # fmt: skip
    for side, kept, again in pairs:
        if kept != again:
            yield Difference(f"probability {side}", kept, again)


def _changed(db: Database, stored: StoredMatchList, match: Match) -> Iterator[InputChange]:
    for (kind, record_id), version in _inputs(db, stored, match):
        payload = read_version_payload(db, kind, record_id, version)
        head = read_head(db, kind, record_id)
        if head is not None and head.version == version and not head.is_removed:
            continue
        now = None if head is None or head.is_removed else head.version
        latest = read_version_payload(db, kind, record_id, now) if now is not None else {}
        names = sorted({*payload, *latest}) if now is not None else []
        fields = tuple(name for name in names if payload.get(name) != latest.get(name))
        yield InputChange(kind, record_id, version, now, fields)


def _inputs(db: Database, stored: StoredMatchList, match: Match) -> Iterator[tuple[Key, int]]:
    """Yield the records behind one match of a list, with their versions then."""
    keys: list[Key] = [
        ("need", str(stored.match_list.need.get("need_id", ""))),
        ("provider", match.provider_id),
        ("capability", match.capability_id),
    ]
    at = stored.record_versions.get(("capability", match.capability_id))
    if at is not None:
        offered = read_version_payload(db, "capability", match.capability_id, at)
        keys += [("case", case_id) for case_id in _case_ids(offered)]
    for key in dict.fromkeys(keys):
        if key in stored.record_versions:
            yield key, stored.record_versions[key]


def _case_ids(capability: dict[str, Any]) -> list[str]:
    """Return the cases that a stored capability names, itself or in one of its claims."""
    lists = [capability.get("case_ids", [])]
    lists += [claim.get("case_ids", []) for claim in capability.get("claims", [])]
    return list(dict.fromkeys(case_id for found in lists for case_id in found))
