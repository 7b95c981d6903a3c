"""The features of a match: one module an evidence family, one registry.

The order here is the order of the columns of every feature matrix and of every model file.
"""

from matcher.ranking.features import affinity, feasibility, strength, structure
from matcher.ranking.features.base import Feature

FEATURES: tuple[Feature, ...] = (
    *affinity.FEATURES,
    *structure.FEATURES,
    *strength.FEATURES,
    *feasibility.FEATURES,
)
FEATURE_NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
TEXT_FEATURE_NAMES: tuple[str, ...] = tuple(feature.name for feature in affinity.FEATURES)
FEATURE_BY_NAME: dict[str, Feature] = {feature.name: feature for feature in FEATURES}
