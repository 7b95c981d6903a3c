"""What the shipped data promises in ``data/README.md`` holds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict
from hashlib import sha256
from typing import Any

import pytest

from matcher.interchange.catalogue_files import read_catalogue
from matcher.interchange.data_files import data_files_markdown, list_data_files
from matcher.records import Capability, Case, Catalogue
from matcher.schemas import dump_record
from matcher.store.serialise import to_json
from matcher.vocabulary import data_folder

HAN = re.compile(r"[\u3400-\u9fff]")
# Over the canonical text of all records, in the order of the files, as release 0.1.0 stored them.
OF_THE_FIRST_RELEASE = "4e5358ac691db5258579564d19a9f88eaf76f490064ff22ea1454beefe6e096b"
KINDS = ("scenarios", "providers", "capabilities", "cases", "pilot_bases")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(data_folder() / "catalogue")


@pytest.fixture(scope="module")
def readme() -> str:
    return (data_folder() / "README.md").read_text(encoding="utf-8")


def cases_of(catalogue: Catalogue, capability: Capability) -> list[Case]:
    return [catalogue.cases[case_id] for case_id in capability.case_ids]


def all_values(value: Any, name: str = "") -> Iterable[tuple[str, str]]:
    """Every text of a record with the name of its field."""
    if isinstance(value, dict):
        for inner, deeper in value.items():
            yield from all_values(deeper, inner)
    elif isinstance(value, list):
        for deeper in value:
            yield from all_values(deeper, name)
    elif isinstance(value, str):
        yield name, value


def test_records_are_written_as_the_first_release_wrote_them(catalogue: Catalogue) -> None:
    """A new field that says nothing is not written, so no stored record becomes a new version."""
    written = sha256()
    for kind in KINDS:
        for record in getattr(catalogue, kind).values():
            written.update(to_json(record).encode())
    assert written.hexdigest() == OF_THE_FIRST_RELEASE


def test_rows_and_digests_are_those_of_the_readme(readme: str) -> None:
    assert data_files_markdown(data_folder()) in readme, "run cog -r data/README.md"


def test_every_data_file_has_its_source_in_the_readme(readme: str) -> None:
    sources = readme.split("## 来源与许可")[1]
    for file in list_data_files(data_folder()):
        assert f"`{file.path}` | " in sources, file.path


def test_every_provider_offers_something(catalogue: Catalogue) -> None:
    offering = {capability.provider_id for capability in catalogue.capabilities.values()}
    assert offering == set(catalogue.providers)


@pytest.mark.parametrize("kind", KINDS)
def test_english_is_english(catalogue: Catalogue, kind: str) -> None:
    for record_id, record in getattr(catalogue, kind).items():
        for name, text in all_values(dump_record(record)):
            if name.endswith("_en"):
                assert not HAN.search(text), f"{record_id} {name}: {text}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_chinese_text_has_its_english_twin_and_the_reverse(
    catalogue: Catalogue, kind: str
) -> None:
    for record_id, record in getattr(catalogue, kind).items():
        values = asdict(record)
        for name in values:
            if f"{name}_en" in values:
                assert bool(values[name]) == bool(values[f"{name}_en"]), f"{record_id} {name}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_without_an_address_is_marked_unverified(catalogue: Catalogue, kind: str) -> None:
    for record_id, record in getattr(catalogue, kind).items():
        if not record.source.startswith(("http://", "https://")):
            assert record.unverified, record_id


def test_unsigned_digests_are_marked_unverified(catalogue: Catalogue) -> None:
    for case in catalogue.cases.values():
        if case.trust == "D":
            assert case.unverified, case.case_id
    for capability in catalogue.capabilities.values():
        cases = cases_of(catalogue, capability)
        if cases and all(case.trust == "D" for case in cases):
            assert capability.unverified, capability.capability_id


def test_a_capability_rests_on_cases_of_its_own_provider(catalogue: Catalogue) -> None:
    for capability in catalogue.capabilities.values():
        for case in cases_of(catalogue, capability):
            assert case.provider_id == capability.provider_id, capability.capability_id
        for claim in capability.claims:
            assert claim.case_ids, claim.claim_id
            assert set(claim.case_ids) <= set(capability.case_ids), claim.claim_id


def test_trust_of_a_capability_is_the_best_grade_of_its_cases(catalogue: Catalogue) -> None:
    for capability in catalogue.capabilities.values():
        grades = sorted(case.trust for case in cases_of(catalogue, capability))
        assert capability.trust == (grades[0] if grades else ""), capability.capability_id


def test_maturity_is_eight_on_published_deployments_and_else_unknown(
    catalogue: Catalogue,
) -> None:
    for capability in catalogue.capabilities.values():
        assert capability.maturity in {8, None}, capability.capability_id
        if capability.maturity == 8:
            assert capability.case_ids, capability.capability_id


def test_nothing_unpublished_was_filled_in(catalogue: Catalogue) -> None:
    for base in catalogue.pilot_bases.values():
        for service in base.services:
            assert service.free_slots is None
            assert service.price_min_cny is None
            assert service.decision_days is None
    for capability in catalogue.capabilities.values():
        assert capability.free_slots is None
        assert not capability.certificates
        assert not capability.service_regions


def test_a_known_city_has_its_region(catalogue: Catalogue) -> None:
    for kind in ("providers", "cases", "pilot_bases"):
        for record_id, record in getattr(catalogue, kind).items():
            assert not record.city or record.region, record_id


def has_industry(industries: Iterable[str], *sections: str) -> bool:
    return any(code.startswith(sections) for code in industries)


def is_petrochemical_risk(capability: Capability) -> bool:
    guards = {"safety", "maintenance"} & set(capability.process_steps)
    return has_industry(capability.industries, "C25", "C26", "B07") and bool(
        guards or "anomaly" in capability.ai_tasks
    )


def test_the_three_domains_are_as_rich_as_the_readme_says(
    catalogue: Catalogue, readme: str
) -> None:
    offered = catalogue.capabilities.values()
    domains = {
        "制造业质量检测": [
            one
            for one in offered
            if "quality" in one.process_steps and has_industry(one.industries, "C")
        ],
        "石化与油气风险": [one for one in offered if is_petrochemical_risk(one)],
        "农业": [one for one in offered if has_industry(one.industries, "A")],
    }
    for name, found in domains.items():
        line = next(line for line in readme.splitlines() if line.startswith(f"| {name}："))
        stated = [int(cell) for cell in line.split("|")[2:4]]
        assert stated == [len(found), len({one.provider_id for one in found})], name


def test_the_counts_of_unverified_rows_are_those_of_the_readme(
    catalogue: Catalogue, readme: str
) -> None:
    counts = {
        kind: sum(record.unverified for record in getattr(catalogue, kind).values())
        for kind in KINDS
    }
    expected = (
        f"{counts['cases']} cases, {counts['capabilities']} capabilities, "
        f"{counts['scenarios']} scenarios, {counts['providers']} providers, "
        f"{counts['pilot_bases']} bases"
    )
    assert expected in readme
