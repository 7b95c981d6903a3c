"""Following changes without a rebuild: changed capabilities are indexed beside the snapshot.

The added segment takes its word statistics, topics and language means from the snapshot, so no
other candidate's score moves; the old version of a changed capability is retired. The snapshot
itself stays as it is for requests that still use it.
"""

from __future__ import annotations

from collections.abc import Collection as AnyCollection
from collections.abc import Sequence

import numpy as np

from matcher.ranking.catalogue_units import capability_units
from matcher.ranking.engine import CatalogueIndex, IndexParts, scenario_index
from matcher.records import Catalogue
from matcher.retrieval.collection import build_collection


def affected_capabilities(
    changed: Sequence[tuple[str, str]], catalogue: Catalogue
) -> frozenset[str]:
    """Return the capabilities whose texts may differ after these changes of records.

    Parameters
    ----------
    changed : sequence of (kind, id)
    catalogue : Catalogue, as it is after the changes
    """
    by_kind: dict[str, set[str]] = {}
    for kind, record_id in changed:
        by_kind.setdefault(kind, set()).add(record_id)
    affected = set(by_kind.get("capability", ()))
    providers, cases = by_kind.get("provider", set()), by_kind.get("case", set())
    if not providers and not cases:
        return frozenset(affected)
    for capability in catalogue.capabilities.values():
        mentioned = {*capability.case_ids, *(c for cl in capability.claims for c in cl.case_ids)}
        if capability.provider_id in providers or mentioned & cases:
            affected.add(capability.capability_id)
    return frozenset(affected)


def extended(
    old: CatalogueIndex,
    catalogue: Catalogue,
    affected: AnyCollection[str],
    parts: IndexParts,
    *,
    scenarios_changed: bool = False,
) -> CatalogueIndex:
    """Return an index of the new catalogue: the old one plus a segment of what changed.

    Parameters
    ----------
    old : CatalogueIndex
        Not changed.
    affected : collection of str
        Capabilities that were added, changed or removed.
    scenarios_changed : bool
        Index the scenarios anew; they are few.
    """
    if not any(mask.any() for mask in old.evidence.written_in.values()):
        fresh = CatalogueIndex(catalogue, parts).without_cache()  # no statistics to go on with
        fresh.quotes.source = old.quotes.source
        return fresh
    present = sorted(i for i in affected if i in catalogue.capabilities)
    later = old.followed_by(
        catalogue, scenario_index(catalogue, parts) if scenarios_changed else None
    )
    index_of = old.evidence.collection.index_of
    later.retired = np.concatenate((old.retired, np.zeros(len(present), dtype=bool)))
    later.retired[[index_of[i] for i in affected if i in index_of]] = True
    if present:
        units = (u for i in present for u in capability_units(catalogue.capabilities[i], catalogue))
        segment = build_collection(units, present)
        later.evidence = old.evidence.extended(segment, parts.encoder, parts.cache)
        later.columns = old.columns.followed_by(
            [catalogue.capabilities[i] for i in present], catalogue.providers, catalogue.cases
        )
    return later
