"""Open calls that were kept before figures of few enterprises were left out lose those figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.store.connection import close_database, open_database
from matcher.store.open_calls import list_calls
from matcher.store.steps import MIGRATIONS

FEW_ZH = "一、背景：平台上 1 家企业的 2 项需求（汽车制造业，质检）尚未找到合适的供给方，{}。"
FEW_EN = "1. Background: 2 needs of 1 enterprise (Cars; inspection) without a provider yet{}."
MANY_ZH = "一、背景：平台上 12 家企业的 20 项需求（汽车制造业，质检）尚未找到合适的供给方，{}。"
MANY_EN = "1. Background: 20 needs of 12 enterprises (Cars; inspection) without a provider yet{}."
BUDGET_ZH, BUDGET_EN = (
    "已填写的预算合计 1,280 万元",
    ", with stated budgets of CNY 12,800,000 in all",
)


@pytest.mark.parametrize(
    ("n", "text", "text_en", "kept"),
    [(1, FEW_ZH, FEW_EN, False), (12, MANY_ZH, MANY_EN, True)],
)
def test_kept_call_says_no_budget_and_no_count_of_few(
    tmp_path: Path, n: int, text: str, text_en: str, kept: bool
) -> None:
    db = open_database(tmp_path / "older.db")
    MIGRATIONS.apply(db, stop_before="m0059_published_figures")
    db.execute(
        "INSERT INTO open_call (call_id, state, title, title_en, text, text_en, industry, task, "
        "blocking, n_enterprises, waiting_budget_cny, contact, synthetic, made_by, made_at, "
        "published_at, closed_reason, updated_at) VALUES ('CALL-1', 'open', '揭榜', 'Call', ?, ?, "
        "'C36', 'visual_inspection', 'not_taken_up', ?, 12800000, '', 0, 'A', "
        "'2026-03-02T02:00:00+00:00', '2026-03-02T02:00:00+00:00', '', "
        "'2026-03-02T02:00:00+00:00')",
        [text.format(BUDGET_ZH), text_en.format(BUDGET_EN), n],
    )
    MIGRATIONS.apply(db)
    (call,) = list_calls(db)
    close_database(db)
    assert "1,280" not in call.text
    assert "12,800,000" not in call.text_en
    assert "预算不予公布" in call.text
    assert "no budget is published" in call.text_en
    assert ("12 家企业的 20 项需求" in call.text) is kept
    assert ("20 needs of 12 enterprises" in call.text_en) is kept
    assert ("平台上少于 3 家企业的需求（" in call.text) is not kept
    assert ("needs of fewer than 3 enterprises (" in call.text_en) is not kept
    assert call.public_budget_cny is None
    assert call.public_enterprises == (12 if kept else None)
