"""The fields of an open call (揭榜任务): what whoever publishes it edits in the draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from matcher.records.open_call import OpenCallTexts
from matcher.schemas.base import Group, RecordSchema
from matcher.schemas.fields import ALWAYS, PUBLISH, About, Day, Text

REPLY_WITHIN_DAYS = (7, 365)


class OpenCallSchema(RecordSchema):
    """An open call; ``publish`` is what it must fulfil before others see it."""

    record = OpenCallTexts
    record_kind = "open_call"
    label_zh, label_en = "揭榜任务", "Open call"
    id_field = "title"
    groups = (
        Group("texts", "榜单内容", "The call", ("title", "text", "title_en", "text_en")),
        Group("reply", "时间与联系", "Dates and contact", ("reply_by", "contact")),
    )

    title = Text(
        About("标题", "Title", "一句话说清要解决什么。", "One sentence on what is to be solved."),
        limits=(4, 80),
        cap=400,
        required_for=ALWAYS,
    )
    text = Text(
        About(
            "正文",
            "Text",
            "写明背景、目标、评审办法和时间。",
            "Background, targets, assessment and dates.",
        ),
        limits=(40, 4_000),
        cap=8_000,
        multiline=True,
        required_for=ALWAYS,
    )
    title_en = Text(
        About("英文标题", "Title in English", "给英文读者看。", "For readers of English."),
        limits=(0, 160),
        cap=400,
        required_for=(PUBLISH,),
    )
    text_en = Text(
        About(
            "英文正文",
            "Text in English",
            "与中文正文内容一致。",
            "Says what the Chinese text says.",
        ),
        limits=(0, 4_000),
        cap=8_000,
        multiline=True,
        required_for=(PUBLISH,),
    )
    reply_by = Day(
        About("截止答复", "Answers until", "发布后至少七天。", "Seven days ahead at least."),
        required_for=(PUBLISH,),
    )
    contact = Text(
        About(
            "联系方式",
            "Contact",
            "公开显示，写单位和公用邮箱或电话。",
            "Shown to everybody: the office, with its common address or telephone.",
        ),
        limits=(2, 120),
        cap=400,
        required_for=(PUBLISH,),
    )

    def problems_together(self, data: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """Refuse a reply date that is over or too far away; only publishing looks at the day."""
        found = super().problems_together(data)
        if self.profile == PUBLISH and self.today is not None:
            least, most = (self.today + timedelta(days=days) for days in REPLY_WITHIN_DAYS)
            found += self.day_outside(data, "reply_by", least, most)
        return found
