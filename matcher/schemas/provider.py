"""The fields of a provider (供给方)."""

from __future__ import annotations

from matcher.records import Provider
from matcher.schemas.base import Group, RecordSchema
from matcher.schemas.fields import ALWAYS, CATALOGUE, About, Flag, Id, Region, Source, Text


class ProviderSchema(RecordSchema):
    """An organisation that offers capabilities."""

    record = Provider
    record_kind = "provider"
    label_zh, label_en = "供给方", "Provider"
    id_field = "provider_id"
    groups = (
        Group("who", "单位", "Organisation", ("name", "name_en", "kind", "kind_en", "region")),
        Group("about", "简介", "Summary", ("summary", "summary_en")),
    )

    provider_id = Id(About("供给方编号", "Provider id", example="V001"), required_for=(CATALOGUE,))
    name = Text(
        About("单位名称", "Organisation name", example="某某智能科技有限公司"),
        limits=(2, 60),
        required_for=ALWAYS,
    )
    name_en = Text(
        About("单位名称（英文）", "Name in English"), limits=(0, 120), required_for=(CATALOGUE,)
    )
    kind = Text(About("单位类型", "Type", example="工业软件企业"), limits=(0, 40))
    kind_en = Text(About("单位类型（英文）", "Type in English"), limits=(0, 80))
    summary = Text(
        About(
            "简介",
            "Summary",
            "做什么、服务哪些行业。",
            "What it does and which industries it serves.",
        ),
        limits=(0, 300),
        multiline=True,
    )
    summary_en = Text(About("简介（英文）", "Summary in English"), limits=(0, 600), multiline=True)
    region = Region(About("总部所在地", "Head office", "省或市。", "Province or city.", "440300"))
    city = Text(About("总部城市", "City of the head office", example="深圳"), limits=(0, 30))
    province = Text(
        About("总部省份", "Province of the head office", example="广东"), limits=(0, 30)
    )
    source = Source(
        About("来源", "Source", "事实出处。", "Where the facts were published."),
        limits=(0, 500),
        required_for=(CATALOGUE,),
    )
    unverified = Flag(About("未经核实", "Unverified"))
