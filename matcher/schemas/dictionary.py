"""Write the field dictionary: what every field of every record means, from the schemas."""

from __future__ import annotations

from collections.abc import Iterable

from matcher.schemas.account import AccountSchema
from matcher.schemas.base import RecordSchema
from matcher.schemas.describe import FieldDescription, describe_fields
from matcher.schemas.loading import SCHEMAS
from matcher.vocabulary import options, vocabulary_names

KINDS = {
    "text": ("文字", "text"),
    "source": ("网址或出处", "address or words"),
    "id": ("编号", "id"),
    "ids": ("编号列表", "ids"),
    "code": ("代码", "code"),
    "codes": ("代码列表", "codes"),
    "industry": ("行业", "industry"),
    "industries": ("行业列表", "industries"),
    "region": ("地区", "region"),
    "regions": ("地区列表", "regions"),
    "texts": ("文字列表", "texts"),
    "whole": ("整数", "whole number"),
    "level": ("级别", "level"),
    "number": ("数", "number"),
    "money": ("金额", "money"),
    "day": ("日期", "date"),
    "flag": ("是否", "yes or no"),
    "email": ("邮箱", "e-mail"),
    "phone": ("电话", "telephone"),
    "credit_code": ("信用代码", "credit code"),
    "password": ("密码", "password"),
    "records": ("多行", "lines"),
}
PROFILE_WORDS = {"match": "匹配 match", "publish": "发布 publish", "catalogue": "目录 catalogue"}
VISIBILITY = {"public": "公开 public", "parties": "双方 parties", "private": "不公开 private"}
HEADER = (
    "| 字段 field | 名称 name | 类型 type | 限制 limits | 必填 required | 可见 seen by "
    "| 说明 explanation | 例 example |"
)


def dictionary_markdown() -> str:
    """Return the whole field dictionary as Markdown, Chinese first, then the vocabularies."""
    schemas: list[type[RecordSchema]] = [*SCHEMAS.values(), AccountSchema]
    parts = [_record_section(schema) for schema in schemas]
    parts.append(
        "## 词表 Vocabularies\n\n行业见 `industries.csv`，地区见 `regions.csv`。 Industries "
        "and regions have files of their own."
    )
    parts.extend(_vocabulary_section(name) for name in vocabulary_names())
    return "\n\n".join(parts) + "\n"


def _record_section(schema: type[RecordSchema]) -> str:
    kind = schema.record_kind
    rows = "\n".join(_row(kind, described) for described in describe_fields(schema))
    title = f"## {schema.label_zh} {schema.label_en} (`{kind}`)"
    return f"{title}\n\n{HEADER}\n|{'---|' * 8}\n{rows}"


def _row(kind: str, described: FieldDescription) -> str:
    hint = " ".join(filter(None, (described.hint_zh, described.hint_en)))
    cells = (
        f'<a id="{kind}.{described.name}"></a>`{described.name}`',
        f"{described.label_zh} {described.label_en}",
        _kind(described),
        _limits(described),
        "、".join(PROFILE_WORDS[profile] for profile in described.required_for),
        VISIBILITY[described.visibility],
        hint,
        described.example,
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _kind(described: FieldDescription) -> str:
    zh, en = KINDS[described.kind]
    source = described.vocabulary or described.line_kind
    named = f" `{source}`" if source else ""
    form = "，仅表单 form only" if described.form_only else ""
    return f"{zh} {en}{named}{form}"


def _limits(described: FieldDescription) -> str:
    """Say the limits with what they count."""
    if described.maximum is None:
        return described.unit
    counted = described.unit
    if described.kind in {"text", "source"}:
        counted = "字 characters"
    elif described.many:
        counted = "项 items"
    return f"{described.minimum or 0:.0f}–{described.maximum:.0f} {counted}".rstrip()


def _vocabulary_section(name: str) -> str:
    return f"### `{name}`\n\n| 代码 code | 中文 | English |\n|---|---|---|\n" + "\n".join(
        _vocabulary_rows(name)
    )


def _vocabulary_rows(name: str) -> Iterable[str]:
    english = dict(options(name, "en"))
    return (f"| `{code}` | {zh} | {english[code]} |" for code, zh in options(name, "zh"))
