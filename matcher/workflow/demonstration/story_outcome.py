"""The second half of the story: applied, tested, measured, contracted, published, learned from."""

from __future__ import annotations

from matcher.records.pilot import FollowUp, Outcome, Rating
from matcher.store.engagements import read_engagement
from matcher.store.need_status import read_status
from matcher.store.outcomes import list_labels, read_outcome
from matcher.store.pilot_bases import read_pilot_base
from matcher.store.pilots import list_applications
from matcher.vocabulary import label
from matcher.workflow.demonstration.story import AGREES, Said, Story
from matcher.workflow.engagements.asked import Given
from matcher.workflow.engagements.outcomes import (
    allow_publishing,
    follow_up,
    rate,
    ratings_for,
    record_outcome,
)
from matcher.workflow.engagements.pilots import LinePlan, Measurement, plan_pilot, record_results


def apply_for_pilot(story: Story) -> Said:
    """Apply for a pilot at the base."""
    service = read_pilot_base(story.db, story.base_id).services[0]
    given = Given(pilot_base_id=story.base_id, service_id=service.service_id)
    story.step("enterprise", "apply_pilot", given)
    (application,) = list_applications(story.db, story.engagement_id)
    return Said(
        f"申请中试：{service.name}，基地须在 {application.decide_by:%Y-%m-%d} 前答复",
        f"a pilot is applied for; the base must decide by {application.decide_by:%Y-%m-%d}",
    )


def decide_at_base(story: Story) -> Said:
    """Let the base decide."""
    story.step("base", "accept_pilot")
    (application,) = list_applications(story.db, story.engagement_id)
    return Said(
        f"基地受理，名额 {application.slot_id}，{application.starts_on} 至 {application.ends_on}",
        f"the base accepts: place {application.slot_id}, {application.starts_on} to "
        f"{application.ends_on}",
    )


def plan_tests(story: Story) -> Said:
    """Say for each requirement how it is tested."""
    plans = (
        LinePlan("R1", "600 只留样内胆盲测（虚构）", "third_party", "留样内胆图像"),
        LinePlan("R2", "示范线连续计时一个班次（虚构）", "base", "产线节拍"),
        LinePlan("R3", "班组现场新增一种缺陷（虚构）", "enterprise", "新缺陷样图"),
    )
    lines = plan_pilot(
        story.db, story.engagement_id, plans, actor=story.actor("base"), now=story.now
    )
    return Said(
        f"验证方案按 {len(lines)} 项指标生成：目标、方法、测试方、数据",
        f"the plan has a line for each of {len(lines)} requirements: target, method, tester, data",
    )


def measure_results(story: Story) -> Said:
    """Measure, and end the pilot."""
    found = round(98.2 + story.random.random() * 1.5, 1)
    seconds = round(4.0 + story.random.random() * 1.8, 1)
    results = [
        Measurement("R1", found, note="虚构的实测值"),
        Measurement("R2", seconds, note="虚构的实测值"),
        Measurement("R3", met=True, note="班组半天内加入一种缺陷（虚构）"),
    ]
    lines = record_results(
        story.db, story.engagement_id, results, actor=story.actor("base"), now=story.now
    )
    story.step("base", "finish_pilot")
    n_met = sum(bool(line.met) for line in lines)
    return Said(
        f"实测：检出率 {found}%，每只 {seconds} 秒；{n_met}/{len(lines)} 项达标，中试结束",
        f"measured: {found}% found, {seconds} s a liner; {n_met} of {len(lines)} met, pilot over",
    )


def confirm_contract(story: Story) -> Said:
    """Let both confirm the contract."""
    for role in ("enterprise", "provider"):
        story.step(role, "contract", AGREES)
    state = label("need_state", read_status(story.db, story.need_id).state)
    return Said(
        f"双方分别确认签约，需求状态：{state}",
        "both confirm the contract, each for itself; the need is done",
    )


def tell_outcome(story: Story) -> Said:
    """Record what came of it."""
    (application,) = list_applications(story.db, story.engagement_id)
    told = Outcome(
        "", "", "contracted", value_band="500k_2m", starts_on=application.starts_on,
        ends_on=application.ends_on, note="虚构的结果",
    )  # fmt: skip
    outcome = record_outcome(
        story.db, story.engagement_id, told, actor=story.actor("enterprise"), now=story.now
    )
    story.outcome_id = outcome.outcome_id
    band = label("value_band", outcome.value_band)
    return Said(
        f"需求方登记结果：签约，金额 {band}（虚构）",
        "the enterprise records the outcome: contracted, with a made-up value band",
    )


def rate_each_other(story: Story) -> Said:
    """Let both rate; neither sees the other before."""
    db, engagement = story.db, read_engagement(story.db, story.engagement_id)
    first, second = _marks(story), _marks(story)
    rate(db, story.engagement_id, first, actor=story.actor("enterprise"), now=story.now)
    hidden = len(ratings_for(db, engagement, story.actor("provider")))
    both = rate(db, story.engagement_id, second, actor=story.actor("provider"), now=story.now)
    return Said(
        f"互相评价：一方评后另一方看到 {hidden} 条，双方评后各看到 {len(both)} 条",
        f"they rate each other: after one rating the other side sees {hidden}, after both "
        f"{len(both)}",
    )


def permit_publishing(story: Story) -> Said:
    """Let both allow publication: a case goes into the catalogue."""
    db, now = story.db, story.now
    allow_publishing(db, story.outcome_id, "anonymous", actor=story.actor("enterprise"), now=now)
    after = allow_publishing(db, story.outcome_id, "all", actor=story.actor("provider"), now=now)
    return Said(
        f"双方许可公开，取较窄的意愿（匿名），发布案例 {after.case_id}",
        f"both allow publication, the narrower wish holds (anonymous): case {after.case_id}",
    )


def show_label(story: Story) -> Said:
    """Read the label that learning gets."""
    labels = [one for one in list_labels(story.db) if one.need_id == story.need_id]
    one = labels[0]
    return Said(
        f"结果成为学习标签：{one.need_id} × {one.capability_id}，等级 {one.grade}，"
        f"权重 {one.weight:g}",
        f"the outcome is a label for learning: grade {one.grade}, weight {one.weight:g}",
    )


def match_again(story: Story) -> Said:
    """Match the same need against the catalogue as it is now."""
    match = story.match()
    case_id = read_outcome(story.db, story.outcome_id).case_id
    return Said(
        f"目录已变（新增案例 {case_id}），再次匹配：第 {match.rank}，概率 {match.probability:.1%}，"
        f"编号 {story.list_id}-{match.rank}",
        f"the catalogue has a new case; matched again: number {match.rank}, "
        f"{match.probability:.1%}, kept as {story.list_id}-{match.rank}",
    )


def tell_after_ninety_days(story: Story) -> Said:
    """Tell what has become of it."""
    told = FollowUp(story.engagement_id, "extended", maturity_after=70, n_sites=2, text="虚构回访")
    after = follow_up(
        story.db, story.engagement_id, told, actor=story.actor("enterprise"), now=story.now
    )
    return Said(
        f"九十天回访：{label('follow_up_state', after.state)}，{after.n_sites} 处使用",
        f"after ninety days: {label('follow_up_state', after.state, 'en').lower()}, in use at "
        f"{after.n_sites} sites",
    )


def _marks(story: Story) -> Rating:
    overall, fit, answers, skill = (story.random.randint(3, 5) for _ in range(4))
    return Rating("", overall, fit, answers, skill)
