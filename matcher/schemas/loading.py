"""Turn plain data into frozen records and back; the only door to the schemas for other layers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError

from matcher.errors import InvalidRecord
from matcher.records import (
    Capability,
    Case,
    Invitee,
    Need,
    NewAccount,
    OpenCallTexts,
    OrganisationDetails,
    PilotBase,
    Provider,
    Scenario,
)
from matcher.schemas.account import AccountSchema, InviteeSchema
from matcher.schemas.base import RecordSchema
from matcher.schemas.base_parts import (
    BaseBenchmarkSchema,
    BaseContactSchema,
    DataResourceSchema,
    EquipmentSchema,
    PriorityRuleSchema,
    SlotPeriodSchema,
)
from matcher.schemas.base_service import BaseServiceSchema
from matcher.schemas.capability import CapabilitySchema
from matcher.schemas.case import CaseSchema
from matcher.schemas.claim import ClaimSchema
from matcher.schemas.evidence import CertificateSchema, EvidenceSchema
from matcher.schemas.fields import CATALOGUE, MATCH, PUBLISH
from matcher.schemas.lists import Records
from matcher.schemas.messages import Problem, problem
from matcher.schemas.need import NeedSchema
from matcher.schemas.open_call import OpenCallSchema
from matcher.schemas.organisation import OrganisationSchema
from matcher.schemas.pilot_base import PilotBaseSchema
from matcher.schemas.provider import ProviderSchema
from matcher.schemas.requirement import RequirementSchema
from matcher.schemas.scenario import ScenarioSchema

SCHEMAS: Mapping[str, type[RecordSchema]] = {
    schema.record_kind: schema
    for schema in (
        NeedSchema,
        RequirementSchema,
        CapabilitySchema,
        ClaimSchema,
        EvidenceSchema,
        CertificateSchema,
        ProviderSchema,
        CaseSchema,
        ScenarioSchema,
        PilotBaseSchema,
        BaseServiceSchema,
        DataResourceSchema,
        EquipmentSchema,
        BaseBenchmarkSchema,
        SlotPeriodSchema,
        PriorityRuleSchema,
        BaseContactSchema,
        OrganisationSchema,
    )
}
WHOLE_RECORD = "_record"  # where a problem stands that is not about one field


def load_record(kind: str, data: object, *, profile: str, today: date | None = None) -> Any:
    """Validate plain data and return the frozen record, or refuse it with all problems at once.

    Parameters
    ----------
    kind : str
        A key of ``SCHEMAS``, such as ``need`` or ``pilot_base``.
    data : object
        A JSON object or a submitted form (a mapping that may have ``getlist``).
    profile : str
        ``match`` (any subset), ``publish`` or ``catalogue``.
    today : date, optional
        The day of publishing: a reply date must then lie 5-60 days ahead, and so on. Without it
        days are checked against nothing, as when a record that was published is read again.

    Raises
    ------
    InvalidRecord
        ``errors`` maps each field's path, such as ``requirements.0.text``, to its problems.
    """
    return load_with(SCHEMAS[kind](profile=profile, today=today), data)


def load_with(schema: RecordSchema, data: object) -> Any:
    """Validate plain data with a schema at hand; see ``load_record``."""
    try:
        return schema.load(data)  # type: ignore[arg-type]
    except ValidationError as error:
        raise InvalidRecord(schema.record_kind, _by_path(error.messages, schema)) from error


def _by_path(
    messages: Any, schema: RecordSchema, path: tuple[str, ...] = ()
) -> dict[str, list[Problem]]:
    """Flatten nested messages to path → problems, giving marshmallow's own ones our words."""
    if isinstance(messages, dict):
        found: dict[str, list[Problem]] = {}
        for name, inner in messages.items():
            deeper = path if name == "_schema" else (*path, str(name))
            for where, problems in _by_path(inner, schema, deeper).items():
                found.setdefault(where, []).extend(problems)
        return found
    items = messages if isinstance(messages, list) else [messages]
    return {".".join(path) or WHOLE_RECORD: [_as_problem(item, schema, path) for item in items]}


def _as_problem(item: Any, schema: RecordSchema, path: tuple[str, ...]) -> Problem:
    if isinstance(item, Problem):
        return item
    if item == "unknown_field":
        lines = schema.fields.get(path[0]) if len(path) > 1 else None
        known = lines.schema().fields if isinstance(lines, Records) else schema.fields
        return problem("unknown_field", path[-1], names=", ".join(known))
    return problem(str(item))


def load_need(data: object, *, profile: str = MATCH, today: date | None = None) -> Need:
    """Validate a need; ``match`` takes any subset with a title or a problem.

    Examples
    --------
    >>> need = load_need({"title": "带钢表面质检", "problem": "漏检多", "industry": "钢铁"})
    >>> need.industries
    ('C31',)
    """
    need: Need = load_record("need", data, profile=profile, today=today)
    return need


def load_capability(
    data: object, *, profile: str = PUBLISH, today: date | None = None
) -> Capability:
    """Validate a capability; ``publish`` is what a registration must fulfil."""
    capability: Capability = load_record("capability", data, profile=profile, today=today)
    return capability


def load_provider(data: object, *, profile: str = PUBLISH) -> Provider:
    """Validate a provider."""
    provider: Provider = load_record("provider", data, profile=profile)
    return provider


def load_case(data: object, *, profile: str = CATALOGUE) -> Case:
    """Validate a case."""
    case: Case = load_record("case", data, profile=profile)
    return case


def load_scenario(data: object, *, profile: str = CATALOGUE) -> Scenario:
    """Validate a scenario."""
    scenario: Scenario = load_record("scenario", data, profile=profile)
    return scenario


def load_pilot_base(
    data: object, *, profile: str = CATALOGUE, today: date | None = None
) -> PilotBase:
    """Validate a pilot base with its services."""
    pilot_base: PilotBase = load_record("pilot_base", data, profile=profile, today=today)
    return pilot_base


def load_organisation(data: object, *, profile: str = PUBLISH) -> OrganisationDetails:
    """Validate what an organisation says of itself at sign-up or when it changes an answer."""
    details: OrganisationDetails = load_record("organisation", data, profile=profile)
    return details


def load_account(data: object) -> NewAccount:
    """Validate what a person types to get an account.

    The schema stands apart from ``SCHEMAS``, so that no password is ever written out as a record.
    """
    account: NewAccount = load_with(AccountSchema(), data)
    return account


def load_invitee(data: object) -> Invitee:
    """Validate the address, and the name where one is given, of somebody who is to join."""
    invitee: Invitee = load_with(InviteeSchema(), data)
    return invitee


def load_open_call(
    data: object, *, profile: str = MATCH, today: date | None = None
) -> OpenCallTexts:
    """Validate the texts of an open call; ``publish`` is what it must fulfil to be seen."""
    texts: OpenCallTexts = load_with(OpenCallSchema(profile=profile, today=today), data)
    return texts


def dump_record(record: Any) -> dict[str, Any]:
    """Return a record as a JSON-able object that loads back to an equal record.

    Values that are unknown or the default are left out; money stands in yuan (``…_cny``).

    Raises
    ------
    TypeError
        When this is no record that has a schema.
    """
    for schema in SCHEMAS.values():
        if schema.record is type(record):
            return schema().dump_changed(record)
    raise TypeError(f"no schema for {type(record).__name__}")
