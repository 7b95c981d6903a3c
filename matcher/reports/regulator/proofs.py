"""Proofs: how far back the logs go, and that the audit trail is whole."""

from __future__ import annotations

from matcher.reports.regulator.facts import Log, PackFacts, Words, day, document, table

HALF_YEAR_DAYS = 183
LOG_WORDS = {
    "audit": Words("审计记录", "audit trail"),
    "shown_lists": Words(
        "展示的匹配列表（模型、位置、倾向值、来源）",
        "shown lists with model, place, propensity, origin",
    ),
    "engagement_steps": Words("对接步骤", "steps of engagements"),
    "need_states": Words("需求状态变更", "changes of needs"),
    "consents": Words("同意与撤回", "consents and withdrawals"),
    "overrides": Words("人工干预", "changes by hand"),
    "judgements": Words("评审评分", "grades"),
    "serving_changes": Words("模型变更", "changes of the model"),
    "sign_ins": Words("登录尝试（摘要）", "attempts to sign in (digests)"),
}
LOGS_TITLE = Words("日志留存证明", "Proof of log retention")
LOGS_BASIS = Words(
    "数据库中各日志表的计数和时间、保存期限设置；《网络安全法》第二十一条（不少于六个月）。",
    "counts and times of the log tables in the database, the terms in force; Cybersecurity Law, "
    "Article 21 (six months at least).",
)
CHAIN_TITLE = Words("审计链证明", "Proof of the audit chain")
CHAIN_BASIS = Words(
    "对数据库中全部审计记录逐条重新计算摘要；命令：aiplus audit verify。",
    "every event of the audit trail in the database, its digest computed anew; by hand: aiplus "
    "audit verify.",
)


def log_retention(facts: PackFacts, language: str) -> str:
    """Return how far back each log goes and how long it is kept."""
    header = Words(
        "日志|条数|最早|最近|保存期限|是否满足六个月",
        "Log|Entries|Oldest|Newest|Kept for|Six months kept",
    )
    rows = [_log_row(log, facts, language) for log in facts.logs]
    note = Words(
        "“尚短”表示本安装运行不足半年，尚无更早的记录；期限设置本身满足要求。",
        "“not yet” means that this installation has not run for half a year; nothing was deleted "
        "before its term, and the term is long enough.",
    )
    body = [*table(header.of(language).split("|"), rows), "", note.of(language)]
    return document(facts, LOGS_TITLE, body, LOGS_BASIS, language)


def _log_row(log: Log, facts: PackFacts, language: str) -> list[str]:
    kept = (
        Words("不删除", "never deleted").of(language)
        if log.kept_for_days is None
        else Words(f"{log.kept_for_days} 天", f"{log.kept_for_days} days").of(language)
    )
    return [
        LOG_WORDS[log.name].of(language),
        str(log.n),
        day(log.oldest, language),
        day(log.newest, language),
        kept,
        _verdict(log, facts).of(language),
    ]


def _verdict(log: Log, facts: PackFacts) -> Words:
    if log.kept_for_days is not None and log.kept_for_days < HALF_YEAR_DAYS:
        return Words("不满足", "no")
    if log.oldest is None or (facts.made_at - log.oldest).days < HALF_YEAR_DAYS:
        return Words("尚短", "not yet")
    return Words("满足", "yes")


def audit_chain(facts: PackFacts, language: str) -> str:
    """Return the result of checking the whole audit trail, with the digest to compare later."""
    chain = facts.chain
    whole = Words("完整：每条记录都接续前一条。", "Whole: each event continues the one before it.")
    broken = Words(f"**断开**：{chain.broken_at}", f"**Broken**: {chain.broken_at}")
    body = [
        (broken if chain.broken_at else whole).of(language),
        "",
        Words(f"- 记录数：{chain.n_events}", f"- Events: {chain.n_events}").of(language),
        Words(
            f"- 链头摘要（SHA-256）：`{chain.head_digest}`",
            f"- Digest of its head (SHA-256): `{chain.head_digest}`",
        ).of(language),
        "",
        Words(
            "请另存此摘要：以后再次核验时，同样序号处的摘要必须与它相同，否则记录被改过。",
            "Keep this digest elsewhere: when the trail is checked again, the event of this number "
            "must have it, or the trail was rewritten.",
        ).of(language),
    ]
    return document(facts, CHAIN_TITLE, body, CHAIN_BASIS, language)
