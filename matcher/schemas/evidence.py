"""The fields of the proofs of a capability: evidence (证据) and certificates (资质证书)."""

from __future__ import annotations

from matcher.records import Certificate, Evidence
from matcher.schemas.base import Group, RecordSchema
from matcher.schemas.fields import CATALOGUE, PUBLISH, About, Code, Day, Id, Source, Text

SHOWN = (PUBLISH, CATALOGUE)


class EvidenceSchema(RecordSchema):
    """One proof that a capability offers."""

    record = Evidence
    record_kind = "evidence"
    label_zh, label_en = "证据", "Evidence"
    id_field = "evidence_id"
    text_field = "text"
    ranges = (("start", "end"),)
    groups = (
        Group(
            "evidence",
            "证据",
            "Evidence",
            ("kind", "text", "client", "start", "end", "link", "referee_contact", "text_en"),
        ),
    )

    evidence_id = Id(
        About(
            "证据编号",
            "Evidence id",
            "性能声明用它指出依据。",
            "Claims name what they rest on by it.",
            "E1",
        )
    )
    kind = Code(
        About("证据类型", "Kind of evidence", "一项证据选一种。", "One a piece.", "test_report"),
        "evidence_kind",
        required_for=SHOWN,
    )
    text = Text(
        About(
            "证据内容",
            "What it shows",
            "在哪里、做了什么、测得什么结果。",
            "Where, what was done, what was measured.",
            "在某热轧线连续运行六个月，用 500 卷留样盲测，裂纹检出率 99.2%，客户质检部门已签字。",
        ),
        limits=(50, 300),
        multiline=True,
        required_for=SHOWN,
    )
    text_en = Text(
        About("证据内容（英文）", "What it shows, in English"), limits=(0, 600), multiline=True
    )
    client = Text(
        About(
            "客户",
            "Client",
            "不便写名称时写代称，例如“某钢铁企业”。",
            "Where the name may not be told, describe it: 'a steel mill'.",
            "某钢铁企业",
        ),
        limits=(0, 60),
    )
    referee_contact = Text(
        About(
            "证明人联系方式",
            "Contact of a referee",
            "只供管理员核实，不会显示给别人。",
            "For an administrator's check only; shown to nobody else.",
            visibility="private",
        ),
        limits=(0, 120),
    )
    start = Day(About("起", "From", "何时开始。", "When it began.", "2025-03-01"))
    end = Day(
        About("止", "To", "仍在运行就不填。", "Leave it empty if it still runs.", "2025-09-30")
    )
    link = Source(
        About(
            "链接",
            "Link",
            "公开的报告、专利或评测页面。",
            "A public report, patent or benchmark page.",
            "https://example.org/report",
        ),
        limits=(0, 500),
    )
    attachment_id = Id(
        About("附件", "File", "报告或证明的文件。", "The report or letter.", visibility="parties")
    )
    check_state = Code(
        About(
            "核验状态",
            "State of the check",
            "由管理员填写。",
            "Set by an administrator.",
            "unchecked",
        ),
        "evidence_check",
    )


class CertificateSchema(RecordSchema):
    """A certificate that the provider holds."""

    record = Certificate
    record_kind = "certificate"
    label_zh, label_en = "资质证书", "Certificate"
    id_field = "certificate_id"
    groups = (Group("certificate", "资质证书", "Certificate", ("kind", "number", "valid_to")),)

    certificate_id = Id(About("证书记录编号", "Id of the certificate", example="Q1"))
    kind = Code(
        About("证书类型", "Kind of certificate", "一张证书选一种。", "One a piece.", "iso_9001"),
        "certificate",
        required_for=SHOWN,
    )
    number = Text(
        About(
            "证书编号",
            "Number",
            "照证书上的写。",
            "As it stands on the certificate.",
            "SYN-0001",
        ),
        limits=(0, 60),
        required_for=(PUBLISH,),
    )
    valid_to = Day(
        About(
            "证书有效期至",
            "Certificate valid to",
            "过期后不再计入硬性条件。",
            "It no longer counts for hard checks after that day.",
            "2027-12-31",
        )
    )
    attachment_id = Id(
        About("附件", "File", "证书的扫描件。", "A scan of it.", visibility="parties")
    )
