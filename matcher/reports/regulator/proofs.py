"""Proofs: how far back the logs go, and that audit trail and shown lists are whole."""

from __future__ import annotations

from typing import NamedTuple

from matcher.reports.regulator.facts import Chain, Log, PackFacts, Words, day, document, table

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


class _About(NamedTuple):
    """What the proof of one chain says."""

    title: Words
    whole: Words
    links: str


TRAIL = _About(
    Words("审计记录", "The audit trail"),
    Words("完整：每条记录都接续前一条。", "Whole: each event continues the one before it."),
    "Events",
)
SHOWN_LISTS = _About(
    Words("展示过的列表", "The lists that were shown"),
    Words(
        "完整：每个列表仍与展示时一致，或按保存期限删除且其摘要仍在链中。",
        "Whole: each list is as it was shown, or was removed by its term and its digest is still "
        "in the chain.",
    ),
    "Links",
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
    """Return the result of checking both chains, with the digests to compare later."""
    body = [
        *_proof(facts.chain, TRAIL, language),
        "",
        *_proof(facts.shown, SHOWN_LISTS, language),
        "",
        Words(
            "请另存这两个摘要：以后再次核验时，同样序号处的摘要必须与它相同，否则记录被改过。",
            "Keep both digests elsewhere: when a chain is checked again, the link of this number "
            "must have it, or the chain was rewritten.",
        ).of(language),
    ]
    return document(facts, CHAIN_TITLE, body, CHAIN_BASIS, language)


def _proof(chain: Chain, about: _About, language: str) -> list[str]:
    broken = Words(f"**断开**：{chain.broken_at}", f"**Broken**: {chain.broken_at}")
    return [
        f"## {about.title.of(language)}",
        "",
        (broken if chain.broken_at else about.whole).of(language),
        "",
        Words(f"- 记录数：{chain.n_events}", f"- {about.links}: {chain.n_events}").of(language),
        Words(
            f"- 链头摘要（SHA-256）：`{chain.head_digest}`",
            f"- Digest of its head (SHA-256): `{chain.head_digest}`",
        ).of(language),
    ]
