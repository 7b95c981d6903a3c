"""A need as a party of one of its engagements reads it: what the engagement opens, opens here too.

The rule is that of ``disclosure``: budget and contact after both agreed to show them, the files
after both accepted the confidentiality terms and the enterprise gave them. Nothing is decided anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlite_utils import Database

from matcher.identity import Actor
from matcher.records.engagement import Engagement
from matcher.store.attachments import Attachment, list_attachments
from matcher.store.engagements import Wanted, list_engagements
from matcher.store.needs import read_kept_need
from matcher.store.organisations import read_organisation
from matcher.workflow.engagements import states
from matcher.workflow.engagements.disclosure import (
    DATA,
    DETAILS,
    SUMMARY,
    Disclosure,
    what_may_see,
)
from matcher.workflow.engagements.fields import WITH_PARTIES
from matcher.workflow.engagements.parties import sides_of
from matcher.workflow.needs.disclosure import ShownNeed, visible_part

ORDER = (SUMMARY, DETAILS, DATA)
MOST = 200  # engagements of one organisation over one need: one a capability


@dataclass(frozen=True, slots=True)
class PartyView:
    """What an engagement opens of a need to one of its parties."""

    engagement: Engagement
    seen: Disclosure
    shown: ShownNeed
    files: tuple[Attachment, ...]

    @property
    def is_open(self) -> bool:
        """Whether it shows more than everybody sees."""
        return self.seen.step != SUMMARY


def need_for_party(db: Database, shown: ShownNeed, viewer: Actor) -> PartyView | None:
    """Return a need as an engagement opens it to a party, or None for everybody else.

    Of several engagements with the need the one that opens most counts. The enterprise itself and
    the platform's staff see everything anyway.
    """
    need_id = shown.need.need_id
    wanted = Wanted(organisation_id=viewer.organisation_id, need_id=need_id)
    own = list_engagements(db, wanted, limit=MOST) if viewer.organisation_id else []
    others = (one for one in own if _is_other_side(one, viewer))
    seen = [(one, what_may_see(db, one, viewer)) for one in others]
    if not seen:
        return None
    engagement, most = max(seen, key=lambda pair: ORDER.index(pair[1].step))
    files = list_attachments(db, "need", need_id)
    return PartyView(
        engagement,
        most,
        shown if most.step == SUMMARY else _opened(db, shown),
        tuple(one for one in files if one.attachment_id in most.attachment_ids),
    )


def _is_other_side(engagement: Engagement, viewer: Actor) -> bool:
    sides = sides_of(engagement, viewer)
    return bool(sides) and states.NEED not in sides


def _opened(db: Database, shown: ShownNeed) -> ShownNeed:
    kept = read_kept_need(db, shown.need.need_id)
    organisation = read_organisation(db, kept.organisation_id)
    return replace(
        shown,
        need=visible_part(kept.need, WITH_PARTIES),
        organisation_name=organisation.name,
        organisation_name_en=organisation.name_en,
        is_masked=False,
    )
