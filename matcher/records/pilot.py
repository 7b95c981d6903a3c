"""What a pilot is asked for, planned and measured by, and what came of an engagement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PilotApplication:
    """An application to one service of a pilot base, and how it went on."""

    application_id: str
    engagement_id: str
    pilot_base_id: str
    service_id: str
    base_version: int | None
    applied_by: str
    applied_at: datetime
    decide_by: datetime
    state: str = "waiting"  # vocabulary application_state
    decided_by: str = ""
    decided_at: datetime | None = None
    slot_id: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class PilotLine:
    """One requirement of the need as it is tested, and later its measured result."""

    requirement_id: str
    need_version: int
    level: str  # must | want
    text: str
    text_en: str = ""
    metric: str = ""
    operator: str = ""
    target: float | None = None
    unit: str = ""
    current_value: float | None = None
    method: str = ""
    tester: str = ""  # vocabulary pilot_tester
    data: str = ""
    measured: float | None = None
    met: bool | None = None
    note: str = ""
    measured_by: str = ""
    measured_at: datetime | None = None

    @property
    def has_result(self) -> bool:
        """Whether it was tested and the result recorded."""
        return self.met is not None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an engagement, or of a need that found nobody here."""

    outcome_id: str
    need_id: str
    result: str  # vocabulary outcome_result
    engagement_id: str = ""
    value_cny: int | None = None
    value_band: str = ""  # vocabulary value_band
    starts_on: date | None = None
    ends_on: date | None = None
    why_not: tuple[str, ...] = ()  # vocabulary decline_reason
    note: str = ""
    n_sites: int | None = None  # where it was used again
    label_grade: int | None = None  # 0-3, None: says nothing about the match
    label_weight: float = 0.0
    publish_need: str = ""  # vocabulary may_publish
    publish_provider: str = ""
    case_id: str = ""  # once published
    recorded_by: str = ""
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """What one party says of the other, 1 to 5."""

    side: str  # who says it
    overall: int
    fit: int
    responsiveness: int
    competence: int
    given_by: str = ""
    given_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What has become of it about 90 days after the contract."""

    engagement_id: str
    state: str  # vocabulary follow_up_state
    maturity_after: int | None = None  # 0-100
    n_sites: int | None = None
    text: str = ""
    given_by: str = ""
    given_at: datetime | None = None
