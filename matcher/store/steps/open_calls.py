"""Step 59: of how many enterprises a call's budget is, and earlier texts without figures of few."""

from __future__ import annotations

import re

from sqlite_utils import Database

from matcher.store.steps.base import MIGRATIONS

# What drafts said before; nothing kept of how many enterprises the budget was.
_BUDGET_ZH = re.compile(r"已填写的预算合计 [\d,]+ 万元")
_BUDGET_EN = re.compile(r", with stated budgets of CNY [\d,]+ in all")
_FEW_ZH = re.compile(r"平台上 [12] 家企业的 [\d,]+ 项需求")
_FEW_EN = re.compile(r"\b\d+ needs? of [12] enterprises? \(")
_NO_BUDGET_ZH = "填写预算的企业少于 3 家，预算不予公布"
_NO_BUDGET_EN = "; no budget is published, as fewer than 3 enterprises state one"


@MIGRATIONS()
def m0059_published_figures(db: Database) -> None:
    """Keep how many enterprises state a budget; take from kept texts what might betray one."""
    db.execute(
        "ALTER TABLE open_call ADD COLUMN n_stating_budget INTEGER NOT NULL DEFAULT 0 "
        "CHECK (n_stating_budget >= 0)"
    )
    rows = db.execute("SELECT call_id, text, text_en FROM open_call").fetchall()
    for call_id, text, text_en in rows:
        zh = _FEW_ZH.sub("平台上少于 3 家企业的需求", _BUDGET_ZH.sub(_NO_BUDGET_ZH, text))
        en = _BUDGET_EN.sub(_NO_BUDGET_EN, text_en)
        en = _FEW_EN.sub("needs of fewer than 3 enterprises (", en)
        db.execute(
            "UPDATE open_call SET text = ?, text_en = ? WHERE call_id = ?", [zh, en, call_id]
        )
