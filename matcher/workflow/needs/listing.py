"""Keep the search in step with the needs that everybody may see, masked where they are anonymous.

Called by whatever changes a need, its state or the names of its enterprise, in the same write
transaction: what is closed, withdrawn or no longer for everybody is found no more at once.
"""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.connection import write_transaction
from matcher.store.needs import KeptNeed, list_kept_needs, read_kept_need
from matcher.store.ownership import owned_by
from matcher.store.public_needs import findable_needs, remove_public_need, write_public_need
from matcher.store.search_documents import PublicNeed
from matcher.workflow.needs.disclosure import PUBLIC_VISIBILITIES, as_shown, is_suspended
from matcher.workflow.needs.states import LISTED

ALL = 1_000_000


def list_in_search(db: Database, need_id: str) -> None:
    """Let everybody find a need as it now stands, or nobody where it is not for everybody."""
    with write_transaction(db, f"bring need {need_id} into the search"):
        kept = read_kept_need(db, need_id)
        if is_listed(db, kept):
            write_public_need(db, public_view(db, kept))
        else:
            remove_public_need(db, need_id)


def list_needs_of(db: Database, organisation_id: str) -> None:
    """Do the same for every need of an organisation, whose names or standing have changed."""
    with write_transaction(db, f"bring the needs of {organisation_id} into the search"):
        for need_id in owned_by(db, organisation_id, "need"):
            list_in_search(db, need_id)


def list_all_needs(db: Database) -> int:
    """Make what a search finds of needs what everybody may see; return how many are found."""
    with write_transaction(db, "bring all needs into the search"):
        open_needs = list_kept_needs(db, states=LISTED, limit=ALL)
        open_ids = {kept.need.need_id for kept in open_needs}
        for need_id in findable_needs(db):
            if need_id not in open_ids:
                remove_public_need(db, need_id)
        for need_id in sorted(open_ids):
            list_in_search(db, need_id)
        return len(findable_needs(db))


def is_listed(db: Database, kept: KeptNeed) -> bool:
    """Whether everybody may find a need: open to answers, invited nobody, not suspended."""
    is_open = kept.status.state in LISTED and kept.status.visibility in PUBLIC_VISIBILITIES
    return is_open and not is_suspended(db, kept)


def public_view(db: Database, kept: KeptNeed) -> PublicNeed:
    """Return what everybody may see of a need and the names under which it is shown."""
    shown = as_shown(db, kept, None)
    names = (shown.organisation_name, shown.organisation_name_en)
    return PublicNeed(shown.need, tuple(filter(None, names)))
