"""Block ``model_record``: which model was shown, on what it rests, who let it serve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from matcher.reports.history.cut import Cut, groups_of
from matcher.reports.history.figures import Block, Figure, Value, named

GAIN, PAIRED = "gain", "bootstrap over queries"


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What is on record about one model.

    Attributes
    ----------
    metrics : the figures at its approval, by name
    approved_by, approved_at, reason : of the promotion; empty for the model that was shipped
    previous_id : what it would be rolled back to
    """

    model_id: str
    data_window: str = ""
    features: tuple[str, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    approved_by: str = ""
    approved_at: str = ""
    reason: str = ""
    previous_id: str = ""
    rollback_link: str = ""
    is_serving: bool = False


def facts_of_manifest(manifest: Mapping[str, object]) -> ModelFacts:
    """Return what a model's manifest says of it."""
    regimes = manifest.get("regimes")
    metrics: dict[str, float] = {}
    if isinstance(regimes, Mapping):
        for regime, record in regimes.items():
            gate = record.get("gate", {}) if isinstance(record, Mapping) else {}
            for name, value in gate.items() if isinstance(gate, Mapping) else ():
                if isinstance(value, int | float) and not isinstance(value, bool):
                    metrics[f"{regime}.{name}"] = float(value)
    names = manifest.get("features", ())
    features = tuple(map(str, names)) if isinstance(names, list | tuple) else ()
    created = str(manifest.get("created_on", ""))
    return ModelFacts(str(manifest.get("model_id", "")), created, features, metrics)


def model_record_block(cut: Cut, models: Mapping[str, ModelFacts]) -> Block:
    """Return the models that lists of the period came from, and what is on record about each."""
    shown = cut.log.lists["model_id"][cut.lists_shown]
    need = cut.log.lists["need"][cut.lists_shown]
    figures: list[Figure] = []
    serving = [one.model_id for one in models.values() if one.is_serving]
    for model_id in dict.fromkeys([*groups_of(shown), *serving]):
        name = named("lists_of_model", model_id, dimension="model", n_of="lists")
        figure = cut.count(name, need[shown == model_id])
        figures.append(replace(figure, facts=_facts(models.get(model_id))))
        record = models.get(model_id)
        figures += [cut.figure(one) for one in _at_approval(record)] if record else []
    return Block("model_record", tuple(figures), cut.synthetic)


def _at_approval(record: ModelFacts) -> list[Figure]:
    """Return the figures at a model's approval, each with its interval and on how many it rests."""
    regimes = dict.fromkeys(key.partition(".")[0] for key in record.metrics)
    figures = []
    for regime in regimes:
        of = {
            name.partition(".")[2]: value
            for name, value in record.metrics.items()
            if name.partition(".")[0] == regime
        }
        n = int(of.pop("n_queries", 0))
        low, high = of.pop("low", None), of.pop("high", None)
        for name, value in of.items():
            key = f"approval.{regime}.{name}"
            metric = named(key, record.model_id, dimension="model", n_of="queries")
            metric = replace(metric, value=value, n=n)
            if name == GAIN and low is not None and high is not None:
                metric = replace(metric, low=low, high=high, method=PAIRED)
            figures.append(metric)
    return figures


def _facts(record: ModelFacts | None) -> dict[str, Value]:
    if record is None:
        return {"on_record": "no"}
    return {
        "on_record": "yes",
        "is_serving": "yes" if record.is_serving else "no",
        "data_window": record.data_window,
        "n_features": len(record.features),
        "features": ", ".join(record.features),
        "approved_by": record.approved_by,
        "approved_at": record.approved_at,
        "reason": record.reason,
        "previous_id": record.previous_id,
        "rollback_link": record.rollback_link,
    }
