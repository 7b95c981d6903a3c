"""The self-assessment: questions a regulator asks, answered from facts, each with what it rests on.

An answer that no fact supports says so; nothing here is written for effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matcher.reports.regulator.facts import EN, NOT_KNOWN, ZH, PackFacts, Words, document
from matcher.reports.regulator.groups import group_of

TITLE = Words("算法安全自评估", "Self-assessment of the algorithm")
BASIS = Words(
    "每个答案后注明的记录；由程序按数据库当时的内容填写，需由负责人复核后使用。",
    "the records named after each answer; filled in by the program from the database as it was, to "
    "be reviewed by the person responsible before use.",
)


class Answer(NamedTuple):
    """One question with its answer and the record that the answer rests on."""

    question: Words
    answer: Words
    basis: Words


def self_assessment(facts: PackFacts, language: str) -> str:
    """Return the answered questions in one language."""
    body: list[str] = []
    rests = Words("依据", "Rests on").of(language)
    for number, one in enumerate(answers(facts), start=1):
        body += [
            f"## {number}. {one.question.of(language)}",
            "",
            one.answer.of(language),
            "",
            f"*{rests}: {one.basis.of(language)}*",
            "",
        ]
    return document(facts, TITLE, body, BASIS, language)


def answers(facts: PackFacts) -> Sequence[Answer]:
    """Return every question with its answer."""
    return (
        _purpose(),
        _training(facts),
        _personal_data(),
        _people_decide(facts),
        _appeals(facts),
        _fairness(facts),
        _tested(facts),
        _explained(facts),
        _changes(facts),
        _security(facts),
        _limits(facts),
    )


def _purpose() -> Answer:
    return Answer(
        Words("算法用于什么，不用于什么？", "What is it for, and what not?"),
        Words(
            "为企业的产业场景需求排列供给方能力，供人选择联系对象；不评价企业，不自动签约或拒绝，"
            "不面向个人推荐内容。",
            "To put providers' capabilities in order for an industrial need, so that people choose "
            "whom to contact. It rates no company, signs and refuses nothing, and recommends no "
            "content to individuals.",
        ),
        Words("模型卡", "the model card"),
    )


def _training(facts: PackFacts) -> Answer:
    n = int(facts.manifest.get("n_lists", 0))
    sources = ", ".join(map(str, facts.manifest.get("label_sources", ()))) or "–"
    packs = ", ".join(map(str, facts.manifest.get("packs", ()))) or "–"
    invented = bool(facts.manifest.get("synthetic"))
    zh = f"数据包：{packs}；公开真实案例；标签列表 {n} 份（来源：{sources}）。"
    en = f"Packs: {packs}; published real cases; {n} labelled lists (from: {sources})."
    if invented:
        zh += "**其中含合成标签，只可用于演示。**"
        en += " **Invented labels are among them: for demonstration only.**"
    return Answer(
        Words("训练用了哪些数据？", "What was it trained on?"),
        Words(zh, en),
        Words("模型清单 manifest.json", "the model's manifest.json"),
    )


def _personal_data() -> Answer:
    return Answer(
        Words("是否使用个人信息？", "Are personal data used?"),
        Words(
            "排序只用需求、能力、案例的文字和字段，不用联系人、账户或浏览行为。账户数据可由本人导出和"
            "删除；登录尝试只存摘要。",
            "The order uses texts and fields of needs, capabilities and cases; no contacts, "
            "accounts or browsing. A person exports and deletes account data; attempts to sign in "
            "are kept as digests.",
        ),
        Words("特征清单、保存期限设置", "the list of features, the terms of retention"),
    )


def _people_decide(facts: PackFacts) -> Answer:
    n = facts.counts.get("overrides", 0)
    return Answer(
        Words("人工如何干预？", "How do people intervene?"),
        Words(
            "场景经理人可以置顶、排除或调整候选，须写理由并有期限，企业看得到并可申诉；"
            f"共 {n} 次。",
            "A broker can pin, exclude or adjust a candidate, with a reason and a term; the "
            f"enterprise sees it and may appeal. {n} so far.",
        ),
        Words("人工干预记录、审计记录", "the records of changes by hand, the audit trail"),
    )


def _appeals(facts: PackFacts) -> Answer:
    of = facts.counts
    shown = [of.get(name, 0) for name in ("appeals", "appeals_open", "appeals_upheld")]
    return Answer(
        Words("如何投诉和申诉？", "How can one appeal?"),
        Words(
            f"单位可就对接和人工干预申诉，十个工作日内由未参与者决定。共 {shown[0]} 件，"
            f"未决 {shown[1]} 件，支持 {shown[2]} 件。",
            "An organisation may appeal; somebody not involved decides within ten working days. "
            f"{shown[0]} so far, {shown[1]} open, {shown[2]} upheld.",
        ),
        Words("申诉记录", "the records of appeals"),
    )


def _fairness(facts: PackFacts) -> Answer:
    flagged = _flagged(facts)
    if facts.report is None:
        found = NOT_KNOWN
    elif flagged:
        found = Words(
            f"有 {len(flagged)} 个群体需要处理：{'、'.join(one.zh for one in flagged)}。",
            f"Groups to act on ({len(flagged)}): {', '.join(one.en for one in flagged)}.",
        )
    else:
        found = Words("没有需要处理的项目。", "Nothing calls for action.")
    return Answer(
        Words("是否公平对待不同规模和地区的供给方？", "Are providers treated alike?"),
        Words(
            "按规模、地区、语言、新旧比较曝光与应有份额"
            f"（0.8 界线、Holm 校正的置换检验）：{found.zh}",
            "Exposure is compared with the eligible share by size, region, language and age "
            f"(four-fifths rule, permutation test adjusted by Holm): {found.en}",
        ),
        Words("04 曝光报告", "04 the exposure report"),
    )


def _flagged(facts: PackFacts) -> list[Words]:
    """Return the groups that a figure calls to act on, each once."""
    blocks = facts.report["blocks"] if facts.report else {}
    figures = blocks.get("fairness", {}).get("figures", ())
    found = (Words(group_of(one, ZH), group_of(one, EN)) for one in figures
             if one.get("alert") == "act")  # fmt: skip
    return list(dict.fromkeys(found))


def _tested(facts: PackFacts) -> Answer:
    held = sum(bool(one["passed"]) for one in facts.check)
    failing = [one for one in facts.check if not one["passed"]]
    if not facts.check or facts.checked_at is None:
        answer = NOT_KNOWN
    else:
        at = facts.checked_at.date().isoformat()
        zh = "；".join(f"{one['label_zh']}（{one['share']:.0%}）" for one in failing) or "无"
        en = "; ".join(f"{one['label_en']} ({one['share']:.0%})" for one in failing) or "none"
        n = len(facts.check)
        answer = Words(
            f"每晚测试；{at} 的 {n} 项性质中 {held} 项成立。不总成立的：{zh}。",
            f"Tested each night; on {at} {held} of {n} properties hold. Not always: {en}.",
        )
    return Answer(
        Words("怎样持续测试？", "How is it tested as it runs?"),
        answer,
        Words("模型夜间测试记录", "the records of nightly tests"),
    )


def _explained(facts: PackFacts) -> Answer:
    faithful = next((one for one in facts.check if one["name"] == "top_reason_lowers"), None)
    more = (
        NOT_KNOWN
        if faithful is None
        else Words(
            f"{faithful['n']} 个匹配中 {faithful['share']:.1%}",
            f"{faithful['share']:.1%} of {faithful['n']} matches",
        )
    )
    return Answer(
        Words("结果能否解释？", "Can results be explained?"),
        Words(
            f"每个匹配的各项贡献之和就是得分；去掉首要理由后得分下降的比例：{more.zh}。",
            "The contributions of each match sum to its score. Share in which the score falls "
            f"without the first reason: {more.en}.",
        ),
        Words("模型夜间测试记录", "the records of nightly tests"),
    )


def _changes(facts: PackFacts) -> Answer:
    last = facts.changes[0] if facts.changes else None
    zh = (
        f"最近一次：{last['at']} {last['model_id']}（{last['reason']}）。" if last else "尚无变更。"
    )
    en = f"The last: {last['at']} {last['model_id']} ({last['reason']})." if last else "None yet."
    return Answer(
        Words("模型怎样变更？", "How is the model changed?"),
        Words(
            "上线前与服务中的模型和各基线在同样的需求上比较；超出区间变差的，须两位管理员和理由。可一键"
            f"回退。共 {len(facts.changes)} 次变更。{zh}",
            "A candidate is compared with the serving model and every baseline on the same needs; "
            "one that is worse beyond its interval takes two administrators and a reason. Rolling "
            f"back is one step. {len(facts.changes)} changes so far. {en}",
        ),
        Words("模型变更与比较记录", "the records of changes and comparisons"),
    )


def _security(facts: PackFacts) -> Answer:
    whole = not facts.chain.broken_at and not facts.shown.broken_at
    return Answer(
        Words("日志与安全？", "Logs and security?"),
        Words(
            f"每次变更记入审计链（{facts.chain.n_events} 条），每个展示过的列表记入另一条链"
            f"（{facts.shown.n_events} 条），两条链{'完整' if whole else '断开'}；"
            "日志保存不少于半年。",
            f"Every change is in the audit chain ({facts.chain.n_events} events), every list that "
            f"was shown in a chain of its own ({facts.shown.n_events} links): "
            f"{'both are whole' if whole else 'BROKEN'}; logs are kept for half a year at least.",
        ),
        Words("05 日志留存证明、06 审计链证明", "05 and 06 of this pack"),
    )


def _limits(facts: PackFacts) -> Answer:
    accepted = facts.counts.get("engagements_mutual", 0)
    return Answer(
        Words("已知的局限和风险？", "Known limits and risks?"),
        Words(
            "概率按已记录的结果校准，偏低；案例偏向公开报道多的企业；中试基地的权重是声明的先验。"
            f"平台上双方达成一致的对接共 {accepted} 个，数量少时报告写“数据不足”。",
            "Probabilities are calibrated on recorded outcomes and low by nature; cases lean to "
            "those who are written about; weights of pilot bases are declared priors. Both sides "
            f"agreed in {accepted} engagements; where there are few, reports say “not enough”.",
        ),
        Words("模型卡、对接记录", "the model card, the records of engagements"),
    )
