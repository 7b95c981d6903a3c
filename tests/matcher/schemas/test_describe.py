from __future__ import annotations

from dataclasses import fields as dataclass_fields
from pathlib import Path

import pytest

from matcher.schemas import SCHEMAS
from matcher.schemas.describe import describe_field, describe_fields, field_order
from matcher.schemas.dictionary import dictionary_markdown
from matcher.schemas.messages import MESSAGES

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("kind", sorted(SCHEMAS))
def test_every_part_of_a_record_has_exactly_one_field(kind: str) -> None:
    schema = SCHEMAS[kind]
    described = describe_fields(schema)
    kept = {one.name for one in described if not one.form_only}
    assert kept == {part.name for part in dataclass_fields(schema.record)}
    for name in schema.money:
        assert {name, f"{name}_cny"} <= {one.name for one in described}


@pytest.mark.parametrize("kind", sorted(SCHEMAS))
def test_every_field_has_words_in_both_languages(kind: str) -> None:
    for one in describe_fields(SCHEMAS[kind]):
        assert one.label_zh
        assert one.label_en.isascii()
        assert bool(one.hint_zh) == bool(one.hint_en)
        assert one.visibility in {"public", "parties", "private"}
        assert all(code and words for code, words in one.choices("en"))


@pytest.mark.parametrize("kind", sorted(SCHEMAS))
def test_a_form_asks_for_each_field_once_and_for_all_that_publishing_requires(kind: str) -> None:
    order = field_order(SCHEMAS[kind])
    described = {one.name: one for one in describe_fields(SCHEMAS[kind], profile="publish")}
    assert len(order) == len(set(order))
    assert set(order) <= set(described)
    assert {name for name, one in described.items() if one.required} <= set(order)


@pytest.mark.parametrize("kind", ["need", "capability", "pilot_base", "base_service", "evidence"])
def test_what_a_form_requires_is_explained(kind: str) -> None:
    described = {one.name: one for one in describe_fields(SCHEMAS[kind], profile="publish")}
    asked = [described[name] for name in field_order(SCHEMAS[kind])]
    assert [one.name for one in asked if one.required and not one.hint_zh] == []


def test_no_form_asks_for_what_only_an_administrator_sets() -> None:
    set_by_others = {"verification", "check_state", "trust", "source", "unverified"}
    set_by_others |= {"capacity_stated_at", "derived_from_case_ids"}
    for kind in ("need", "capability", "claim", "evidence", "pilot_base", "organisation"):
        assert not set_by_others & set(field_order(SCHEMAS[kind])), kind


def test_contacts_and_exclusions_are_not_public() -> None:
    seen = {
        (kind, one.name): one.visibility
        for kind in SCHEMAS
        for one in describe_fields(SCHEMAS[kind])
    }
    private = {name for name, visibility in seen.items() if visibility == "private"}
    assert {("evidence", "referee_contact"), ("need", "excluded_provider_ids")} <= private
    assert {("base_contact", "email"), ("base_contact", "phone")} <= private
    contact = {seen["organisation", f"contact_{one}"] for one in ("name", "email", "phone")}
    assert contact == {"parties"}


def test_requiredness_follows_the_profile() -> None:
    need = SCHEMAS["need"]
    assert describe_field(need(profile="publish"), "problem").required
    assert not describe_field(need(profile="match"), "problem").required


def test_the_field_dictionary_is_current() -> None:
    page = (ROOT / "docs" / "field-dictionary.md").read_text(encoding="utf-8")
    assert dictionary_markdown() in page, "run cog -r docs/field-dictionary.md"


def test_every_message_has_both_languages_with_the_same_blanks() -> None:
    for key, words in MESSAGES.items():
        assert set(words) == {"zh", "en"}, key
        blanks = [
            {
                part.split("}")[0].removesuffix("_zh").removesuffix("_en")
                for part in text.split("{")[1:]
            }
            for text in words.values()
        ]
        assert blanks[0] == blanks[1], key
