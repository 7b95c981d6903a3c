"""The first half of the story: registered, written, published, matched, and brought together."""

from __future__ import annotations

from datetime import timedelta

from matcher.store.engagements import read_engagement
from matcher.store.organisations import read_organisation
from matcher.workflow.demonstration import story_records
from matcher.workflow.demonstration.story import AGREES, TERMS, Said, Story
from matcher.workflow.engagements.disclosure import give_consent, what_may_see
from matcher.workflow.engagements.interest import express_interest
from matcher.workflow.engagements.talks import (
    Proposal,
    answer_meeting,
    propose_meeting,
    send_message,
)
from matcher.workflow.needs import publishing
from matcher.workflow.needs.drafts import start_draft
from matcher.workflow.needs.publishing import Wishes, send_draft
from matcher.workflow.needs.states import Act as NeedAct
from matcher.workflow.registration.capability import submit_capability
from matcher.workflow.registration.decisions import Judge, approve
from matcher.workflow.registration.pilot_base import submit_base


def register_capability(story: Story) -> Said:
    """Let the provider register what it offers."""
    values = story_records.capability_values(story.now.date())
    sent = submit_capability(story.db, values, story.owner("provider"))
    judge = Judge(story.actor("reviewer"), story.now, "演示 · demonstration")
    story.capability_id = approve(story.db, sent.proposal_id, judge)
    return Said(
        f"供给方登记能力 {story.capability_id}，场景经理人复核后发布",
        f"the provider registers capability {story.capability_id}; a reviewer publishes it",
    )


def register_base(story: Story) -> Said:
    """Let the base register a service with two places."""
    sent = submit_base(story.db, story_records.base_values(story.now.date()), story.owner("base"))
    judge = Judge(story.actor("reviewer"), story.now, "演示 · demonstration")
    story.base_id = approve(story.db, sent.proposal_id, judge)
    return Said(
        f"中试基地登记服务与两个名额（{story.base_id}），复核后发布",
        f"the pilot base registers a service with two places ({story.base_id}); published",
    )


def write_need(story: Story) -> Said:
    """Let the enterprise write its need and send it."""
    person = story.people["enterprise"]
    values = story_records.need_values(story.now.date())
    draft = start_draft(story.db, person.account_id, values, now=story.now)
    act = NeedAct(story.actor("enterprise"), story.now)
    organisation = read_organisation(story.db, person.organisation_id)
    status = send_draft(story.db, draft, organisation, act, Wishes(accepts_near=True))
    story.need_id = status.need_id
    score = status.quality_score
    return Said(
        f"需求方写下需求 {story.need_id}（三项指标，单位匿名），质量分 {score}，提交复核",
        f"the enterprise writes need {story.need_id} (three requirements, anonymous), quality "
        f"score {score}, and sends it for review",
    )


def publish_need(story: Story) -> Said:
    """Let a reviewer publish the need."""
    publishing.approve(story.db, story.need_id, NeedAct(story.actor("reviewer"), story.now))
    return Said("场景经理人复核通过，需求发布", "a reviewer reads it and publishes it")


def match_need(story: Story) -> Said:
    """Match the need and keep the answer."""
    match = story.match()
    return Said(
        f"系统匹配：供给方排第 {match.rank}，匹配概率 {match.probability:.1%}，"
        f"编号 {story.list_id}-{match.rank}",
        f"the need is matched: the provider is number {match.rank}, probability "
        f"{match.probability:.1%}, kept as {story.list_id}-{match.rank}",
    )


def enterprise_is_interested(story: Story) -> Said:
    """Let the enterprise approach the provider."""
    engagement = express_interest(
        story.db, story.need_id, story.capability_id, actor=story.actor("enterprise"),
        now=story.now,
    )  # fmt: skip
    story.engagement_id = engagement.engagement_id
    return Said(
        f"需求方表示有意，开始对接 {story.engagement_id}",
        f"the enterprise is interested: engagement {story.engagement_id} begins",
    )


def provider_is_interested(story: Story) -> Said:
    """Show the provider the anonymous summary, and let it accept."""
    engagement = read_engagement(story.db, story.engagement_id)
    seen = what_may_see(story.db, engagement, story.actor("provider"))
    title = seen.value("need", "title")
    name = seen.value("enterprise", "name") or "未公开 · not shown"
    story.step("provider", "accept")
    return Said(
        f"供给方只看到匿名摘要（“{title}”，单位：{name}），也表示有意",
        "the provider sees the anonymous summary only and is interested too",
    )


def enterprise_consents(story: Story) -> Said:
    """Let the enterprise agree to show its name."""
    story.step("enterprise", "consent", AGREES)
    return Said(
        "需求方另行同意披露名称与联系方式；此时对方仍看不到",
        "the enterprise agrees, apart from that, to show its name; the other side still sees none",
    )


def provider_consents(story: Story) -> Said:
    """Let the provider agree as well: both are known now."""
    after = story.step("provider", "consent", AGREES)
    seen = what_may_see(story.db, after, story.actor("provider"))
    name = seen.value("enterprise", "name")
    return Said(
        f"供给方也同意，双方名称与联系方式显示：{name}",
        "the provider agrees as well; names and contacts show",
    )


def give_data(story: Story) -> Said:
    """Take the third step of disclosure: confidentiality, then the data."""
    for role in ("enterprise", "provider"):
        give_consent(
            story.db, story.engagement_id, "confidentiality", terms_version=TERMS,
            actor=story.actor(role), now=story.now,
        )  # fmt: skip
    give_consent(
        story.db, story.engagement_id, "data", terms_version=TERMS,
        actor=story.actor("enterprise"), now=story.now,
    )  # fmt: skip
    return Said(
        "双方接受保密条款并留痕，需求方同意提供数据样本",
        "both accept the confidentiality terms, on record; the enterprise gives a data sample",
    )


def talk_and_meet(story: Story) -> Said:
    """Let them write to each other and agree on a meeting."""
    db, provider, enterprise = story.db, story.actor("provider"), story.actor("enterprise")
    text = "虚构对话：釉色有几种？每炉多少只？"
    send_message(db, story.engagement_id, text, actor=provider, now=story.now)
    send_message(
        db, story.engagement_id, "虚构对话：三种釉色，每炉六百只。", actor=enterprise, now=story.now
    )
    slots = tuple(story.now + timedelta(days=days) for days in (2, 3, 4))
    proposal = Proposal("线上答疑（虚构）", slots, 45)
    meeting = propose_meeting(db, story.engagement_id, proposal, actor=provider, now=story.now)
    answer_meeting(db, meeting.meeting_id, 1, actor=enterprise, now=story.now)
    return Said(
        "开始洽谈：互发消息，供给方提三个会议时间，需求方选定一个",
        "talks begin: messages, three times for a meeting, of which one is chosen",
    )
