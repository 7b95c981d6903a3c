"""The algorithm notice: purpose, principle, mechanism, choices, in plain words and with figures.

Source
------
Provisions on the Administration of Algorithm-generated Recommendations for Internet Information
Services (in force 2022-03-01), Articles 16 and 17: what users are told, and what they can choose.
"""

from __future__ import annotations

from matcher.ranking.features import FEATURES
from matcher.reports.regulator.facts import PackFacts, Words, document, table

TITLE = Words("算法公示", "Algorithm notice")
BASIS = Words(
    "服务中的模型文件及其清单、数据库中的运行设置；条目按《互联网信息服务算法推荐管理规定》第十六、十七条。",
    "the serving model's folder and manifest, settings in the database; headings follow Articles "
    "16 and 17 of the Provisions on Algorithm-generated Recommendations (2022).",
)


def algorithm_notice(facts: PackFacts, language: str) -> str:
    """Return the notice in one language."""
    body: list[str] = []
    for title, text in _sections(facts):
        body += [f"## {title.of(language)}", "", text.of(language), ""]
    names = Words("影响排序的因素", "What the order depends on").of(language)
    header = Words("因素|方向|权重|来源", "Factor|Direction|Weight|Origin").of(language).split("|")
    body += [f"## {names}", "", *table(header, _factors(facts, language))]
    return document(facts, TITLE, body, BASIS, language)


def _sections(facts: PackFacts) -> list[tuple[Words, Words]]:
    threshold, refused = facts.adequacy
    share = f"{facts.exploration_share:.0%}"
    shadow = facts.shadow_model or "–"
    return [
        (
            Words("提供什么", "What is provided"),
            Words(
                "为企业的需求给出供给方能力的排序、每项的校准概率、逐条要求的核对和证据出处。"
                "不作自动决定：联系、洽谈、签约都由人决定。",
                "For an enterprise's need: providers' capabilities in order, each with a "
                "calibrated probability, its requirements checked line by line, and sources. "
                "Nothing is decided automatically: people decide whom to contact and contract.",
            ),
        ),
        (
            Words("基本原理", "Principle"),
            Words(
                "先逐项核对硬性条件（部署、数据、国产化、地区、成熟度、资质、预算上限等），不满足者不进入"
                "排序并说明原因；其余按可加模型计分：每个因素查一张单调的表，各项相加即为得分，"
                "所以解释就是模型本身。得分换算为概率。",
                "Hard conditions are checked one by one (deployment, data, domestic stack, region, "
                "maturity, certificates, budget limit and so on); who fails one is left out with "
                "the reason. The others are scored by an additive model: each factor is read from "
                "a monotone table and the sum is the score, so the explanation is the model. The "
                "score becomes a probability.",
            ),
        ),
        (
            Words("何时不推荐", "When nothing is recommended"),
            Words(
                f"最近的证据与需求的接近度低于 {threshold:.3f} 时，答复“没有合适的供给方”，"
                f"并记入供给缺口。该值按真实需求中仅 {refused:.0%} 会被拒选定。",
                f"Where even the closest evidence stays below a closeness of {threshold:.3f}, the "
                "answer is “no adequate match” and the need enters the supply gap. The value was "
                f"chosen so that only {refused:.0%} of real needs would be refused.",
            ),
        ),
        (
            Words("随机与试验", "Chance and trials"),
            Words(
                f"前十个位置中由随机填充的比例为 {share}，从不让未过硬性条件者进入；"
                f"影子模型（只记录、不展示）：{shadow}。",
                f"Share of the first ten places that chance fills: {share}; nobody who fails a "
                f"hard condition ever comes in. Model in shadow (logged, never shown): {shadow}.",
            ),
        ),
        (
            Words("不使用什么", "What is not used"),
            Words(
                "不使用个人特征、付费排名或企业规模；供给方改名、迁址（需求未提地区时）不改变得分，"
                "每晚测试。",
                "No personal traits, no paid placement, no company size. Renaming a provider or "
                "moving it (where the need states no region) changes no score; tested each night.",
            ),
        ),
        (
            Words("使用者的选择", "What users can choose"),
            Words(
                "可以不用匹配，直接按词检索和浏览全部目录；可以排除指定供给方并不说明；可以看到每个"
                "匹配的理由、被排除的原因，并对结果申诉，由未参与者在十个工作日内决定。",
                "Search by words and browse the whole catalogue without matching; exclude named "
                "providers without saying why; see the reasons of every match and of every "
                "exclusion; appeal, decided within ten working days by somebody not involved.",
            ),
        ),
    ]


def _factors(facts: PackFacts, language: str) -> list[list[str]]:
    regime = facts.manifest.get("regimes", {}).get("catalogue", {})
    weights, learned = regime.get("weights", {}), set(regime.get("learned_features", ()))
    rows = []
    for feature in FEATURES:
        name = feature.summary_zh if language == "zh" else feature.summary
        up = (
            Words("越高越好", "more is better")
            if feature.direction > 0
            else Words("越低越好", "less is better")
        )
        origin = (
            Words("学习", "learned")
            if feature.name in learned
            else Words("声明的先验", "declared prior")
        )
        weight = f"{weights.get(feature.name, 0.0):.3f}"
        rows.append([name, up.of(language), weight, origin.of(language)])
    return rows
