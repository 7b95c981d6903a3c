"""The fields of an organisation (单位), whatever its side: what it says of itself at sign-up."""

from __future__ import annotations

from matcher.records import OrganisationDetails
from matcher.schemas.base import Group, RecordSchema
from matcher.schemas.fields import ALWAYS, PUBLISH, About, Code, Region, Text
from matcher.schemas.identifiers import CreditCode, Email, Phone
from matcher.schemas.lists import Codes

FOR_PUBLISH = (PUBLISH,)


class OrganisationSchema(RecordSchema):
    """A legal entity with its contact."""

    record = OrganisationDetails
    record_kind = "organisation"
    label_zh, label_en = "单位", "Organisation"
    id_field = "credit_code"
    groups = (
        Group(
            "organisation",
            "单位",
            "Organisation",
            ("name", "credit_code", "sides", "kind", "size", "region", "language", "name_en"),
        ),
        Group(
            "contact",
            "联系人",
            "Contact",
            ("contact_name", "contact_post", "contact_email", "contact_phone"),
        ),
    )

    name = Text(
        About(
            "单位名称",
            "Organisation name",
            "与营业执照或法人证书一致的全称。",
            "The full name as on the business licence.",
            "某某智能科技有限公司",
        ),
        limits=(2, 60),
        cap=400,
        required_for=ALWAYS,
    )
    name_en = Text(
        About(
            "单位名称（英文）",
            "Name in English",
            "给英文读者看；没有可以不填。",
            "For readers of English; may stay empty.",
            "Example Intelligence Co., Ltd.",
        ),
        limits=(0, 120),
        cap=400,
    )
    credit_code = CreditCode(
        About(
            "统一社会信用代码",
            "Unified social credit code",
            "营业执照上的 18 位代码。",
            "The code of 18 characters on the business licence.",
            "91350100M000100Y43",
        ),
        required_for=ALWAYS,
    )
    kind = Code(
        About(
            "单位类型",
            "Type of organisation",
            "按法人登记选择。",
            "As registered.",
            "enterprise",
        ),
        "org_kind",
        required_for=FOR_PUBLISH,
    )
    sides = Codes(
        About(
            "参与身份",
            "Takes part as",
            "至少一种，可以多选。",
            "At least one; more than one if that is so.",
            "enterprise",
        ),
        "side",
        limits=(1, 3),
        required_for=FOR_PUBLISH,
    )
    size = Code(
        About(
            "规模",
            "Size",
            "按国家统计局的大中小微型企业划分。",
            "By the national classes of enterprise size.",
            "medium",
        ),
        "org_size",
    )
    region = Region(
        About("所在地", "Region", "省或市。", "Province or city.", "320500"),
        required_for=FOR_PUBLISH,
    )
    contact_name = Text(
        About(
            "联系人姓名",
            "Contact name",
            "双方都同意后才给对方看。",
            "Shown to the other side after both agree.",
            visibility="parties",
        ),
        limits=(1, 40),
        cap=200,
        required_for=FOR_PUBLISH,
    )
    contact_post = Text(
        About(
            "联系人职务",
            "Post of the contact",
            "可以不填。",
            "May stay empty.",
            "数字化部部长",
            visibility="parties",
        ),
        limits=(0, 40),
        cap=200,
    )
    contact_email = Email(
        About(
            "联系邮箱",
            "Contact e-mail",
            "双方都同意后才给对方看。",
            "Shown to the other side after both agree.",
            "name@example.org",
            visibility="parties",
        ),
        required_for=FOR_PUBLISH,
    )
    contact_phone = Phone(
        About(
            "联系电话",
            "Contact telephone",
            "双方都同意后才给对方看。",
            "Shown to the other side after both agree.",
            visibility="parties",
        )
    )
    language = Code(
        About(
            "语言",
            "Language",
            "通知和邮件用哪种语言。",
            "In which language to write to you.",
            "zh",
        ),
        "org_language",
    )
