"""The regulator's pack says what the facts say, in both languages, and where each comes from."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from matcher.ranking.registry import load_serving_model
from matcher.reports.property_results import property_result
from matcher.reports.regulator.facts import LANGUAGES, MARK, Chain, Log, PackFacts
from matcher.reports.regulator.pack import DOCUMENTS, pack_bytes, pack_files
from matcher.settings import PROJECT

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HAN = re.compile(r"[\u4e00-\u9fff]")
FIGURE: dict[str, Any] = {
    "key": "exposure_ratio", "system": "", "dimension": "size", "group": "micro", "value": 0.612,
    "low": 0.55, "high": 0.67, "n": 412, "alert": "act", "facts": {},
}  # fmt: skip
FEW = {**FIGURE, "group": "large", "value": None, "low": None, "high": None, "n": 3, "alert": ""}


def report(*, synthetic: bool) -> dict[str, Any]:
    def block(key: str, *figures: dict[str, Any]) -> dict[str, Any]:
        return {"key": key, "synthetic": synthetic, "figures": list(figures)}

    return {
        "synthetic": synthetic,
        "period": {"from": "2026-10-01", "to": "2026-11-01"},
        "blocks": {"coverage": block("coverage"), "fairness": block("fairness", FIGURE, FEW)},
    }


def facts(**changes: Any) -> PackFacts:
    model = load_serving_model(PROJECT / "models")
    check = [
        property_result("top_reason_lowers", [(f"C{i}", i > 1) for i in range(50)]).as_record(),
        property_result("blank_profile_last", [("C1", True)]).as_record(),
    ]
    values: dict[str, Any] = {
        "made_at": NOW,
        "made_by": "测试管理员",
        "is_demonstration": False,
        "model_id": model.model_id,
        "manifest": model.manifest,
        "card": "# Card\n",
        "adequacy": (0.253, 0.05),
        "exploration_share": 0.03,
        "shadow_model": "",
        "changes": [],
        "report": report(synthetic=False),
        "check": check,
        "checked_at": NOW,
        "logs": [
            Log("audit", 812, NOW - timedelta(days=400), NOW, None),
            Log("sign_ins", 20, NOW - timedelta(days=190), NOW, 190),
            Log("consents", 0, None, None, None),
        ],
        "chain": Chain(812, "ab" * 32, ""),
        "shown": Chain(96, "ef" * 32, ""),
        "counts": {"overrides": 7, "appeals": 2, "appeals_upheld": 1},
    }
    return PackFacts(**{**values, **changes})


def test_every_document_is_there_in_both_languages_and_says_what_it_rests_on() -> None:
    files = pack_files(facts())
    for name in DOCUMENTS:
        assert "**依据**" in files[f"{name}.zh.md"]
        assert "**Rests on**" in files[f"{name}.en.md"]
    assert "Rests on" in files["02-model-card.md"]


def test_english_documents_hold_no_chinese_of_their_own() -> None:
    for name, text in pack_files(facts(made_by="Administrator")).items():
        if name.endswith(".en.md"):
            assert not HAN.search(text), (name, HAN.search(text))


def test_contents_name_each_file_with_its_digest() -> None:
    files = pack_files(facts())
    for language in LANGUAGES:
        contents = files[f"00-contents.{language}.md"]
        for name, text in files.items():
            if not name.startswith("00-"):
                assert name in contents
                assert hashlib.sha256(text.encode()).hexdigest() in contents


def test_same_facts_give_the_same_bytes() -> None:
    assert pack_bytes(facts()) == pack_bytes(facts())
    with zipfile.ZipFile(io.BytesIO(pack_bytes(facts()))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name).decode() for name in archive.namelist()} == pack_files(
            facts()
        )


@pytest.mark.parametrize(
    "changes",
    [{"is_demonstration": True}, {"report": report(synthetic=True)}],
    ids=["demonstration", "report"],
)
def test_synthetic_is_said_in_every_document(changes: dict[str, Any]) -> None:
    files = pack_files(facts(**changes))
    for name in ("00-contents", *DOCUMENTS):
        for language in LANGUAGES:
            assert MARK.of(language).strip() in files[f"{name}.{language}.md"]
    assert json.loads(files["03-self-assessment.json"])["synthetic"] is True


def test_real_facts_carry_no_mark_of_synthetic_ones() -> None:
    assert not any(MARK.zh.strip() in text for text in pack_files(facts()).values())


def test_synthetic_model_is_named_in_its_card() -> None:
    manifest = {**facts().manifest, "synthetic": True}
    files = pack_files(facts(manifest=manifest))
    assert "trained on synthetic labels" in files["02-model-card.md"]
    assert "合成标签" in files["03-self-assessment.zh.md"]


def test_figures_of_the_exposure_report_are_those_of_the_kept_report() -> None:
    files = pack_files(facts())
    (row, few) = csv.DictReader(io.StringIO(files["04-exposure.csv"]))
    assert (row["value"], row["n"], row["synthetic"]) == ("0.612", "412", "False")
    assert few["value"] == ""
    assert "规模：微型 | 0.612 | 0.550 – 0.670 | 412 | 处理" in files["04-exposure.zh.md"]
    assert "size: Large | not enough data" in files["04-exposure.en.md"]
    assert "Groups to act on (1): size: Micro." in files["03-self-assessment.en.md"]
    assert "规模：微型" in files["03-self-assessment.zh.md"]


def test_without_a_report_or_a_check_nothing_is_claimed() -> None:
    files = pack_files(facts(report=None, check=(), checked_at=None))
    assert "No monthly report is kept yet" in files["04-exposure.en.md"]
    assert files["03-self-assessment.zh.md"].count("没有数据") == 3
    assert "no monthly report" in files["04-exposure.csv"]


def test_log_that_is_younger_than_half_a_year_is_not_called_kept() -> None:
    text = pack_files(facts())["05-log-retention.en.md"]
    rows = {line.split("|")[1].strip(): line for line in text.splitlines() if "|" in line}
    assert rows["audit trail"].endswith("| never deleted | yes |")
    assert rows["attempts to sign in (digests)"].endswith("| 190 days | yes |")
    assert rows["consents and withdrawals"].endswith("| not yet |")
    short = replace(facts(), logs=[Log("sign_ins", 1, NOW - timedelta(days=200), NOW, 30)])
    assert "| 30 days | no |" in pack_files(short)["05-log-retention.en.md"]


def test_broken_chain_is_said_wherever_the_chain_is_spoken_of() -> None:
    files = pack_files(facts(chain=Chain(3, "cd" * 32, "event 4 is missing")))
    assert "**Broken**: event 4 is missing" in files["06-audit-chain.en.md"]
    assert "BROKEN" in files["03-self-assessment.en.md"]
    assert "cd" * 32 in files["06-audit-chain.zh.md"]
    lists = facts(shown=Chain(4, "cd" * 32, "shown list 3 was changed after it was shown"))
    files = pack_files(lists)
    assert "**Broken**: shown list 3 was changed" in files["06-audit-chain.en.md"]
    assert "Whole: each event continues" in files["06-audit-chain.en.md"]
    assert "BROKEN" in files["03-self-assessment.en.md"]


def test_answers_carry_the_counted_facts() -> None:
    text = pack_files(facts())["03-self-assessment.en.md"]
    assert "7 so far." in text
    assert "2 so far, 0 open, 1 upheld." in text
    assert "96.0% of 50 matches" in text
    assert "1 of 2 properties hold" in text
