"""The open data as files: columns described from the schemas, CSV for people, JSON Lines for code.

What may be in them is decided in ``matcher.workflow.open_data``; nothing is left out or masked
here. A file with the meaning of every column goes with them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matcher.schemas.base import RecordSchema
from matcher.schemas.case import CaseSchema
from matcher.schemas.describe import FieldDescription, describe_fields, field_order
from matcher.schemas.dictionary import KINDS
from matcher.schemas.need import NeedSchema

LICENCE_ZH = (
    "可免费使用、复制和再发布，须注明来源（AI+ 场景匹配）和导出日期；名称和文字的权利仍属各单位。"
)
LICENCE_EN = (
    "Free to use, copy and redistribute, naming the source (AI+ Scenario Matching) and the day of "
    "export; rights in names and texts stay with the organisations."
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
BETWEEN = "; "
BETWEEN_LINES = " | "
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is called and what it means, in both languages."""

    name: str
    kind: str
    label_zh: str
    label_en: str
    hint_zh: str = ""
    hint_en: str = ""
    unit: str = ""
    vocabulary: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their columns, as one file in two forms."""

    name: str
    title_zh: str
    title_en: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def _column(found: FieldDescription) -> Column:
    return Column(
        found.name,
        found.kind,
        found.label_zh,
        found.label_en,
        found.hint_zh,
        found.hint_en,
        found.unit,
        found.vocabulary,
    )


def public_columns(schema: type[RecordSchema], *left_out: str) -> tuple[Column, ...]:
    """Return the columns of a record: what everybody may see of it and is kept as it stands.

    Its id comes first, then what its form asks for, in that order, then the rest.
    """
    shown = {
        found.name: _column(found)
        for found in describe_fields(schema)
        if found.visibility == "public" and not found.form_only and found.name not in left_out
    }
    order = dict.fromkeys((schema.id_field, *field_order(schema), *shown))
    return tuple(shown[name] for name in order if name in shown)


SYNTHETIC = Column(
    "synthetic", "flag", "演示数据", "Synthetic",
    "是：为演示虚构，不是真实的单位或结果。", "Yes: made up for a demonstration; nobody real.",
)  # fmt: skip
NEED_COLUMNS = (
    *public_columns(NeedSchema, "visibility", "attachment_ids"),
    Column("visibility", "code", "公开范围", "Shown to", vocabulary="need_visibility"),
    Column("state", "code", "状态", "State", vocabulary="need_state"),
    Column("published_at", "day", "发布日期", "Published on"),
    Column(
        "enterprise", "text", "需求方", "Enterprise",
        "匿名需求为空。", "Empty where the need is anonymous.",
    ),
    Column("enterprise_en", "text", "需求方（英文）", "Enterprise, in English"),
    SYNTHETIC,
)  # fmt: skip
OUTCOME_COLUMNS = (
    *public_columns(CaseSchema),
    Column("result", "code", "结果", "Result", vocabulary="outcome_result"),
    SYNTHETIC,
)
COUNT_COLUMNS = (
    Column("table", "text", "统计表", "Table"),
    Column("value", "text", "代码", "Code"),
    Column("label_zh", "text", "名称", "Name in Chinese"),
    Column("label_en", "text", "名称（英文）", "Name in English"),
    Column(
        "n", "whole", "数量", "Number",
        "不公布的为空。", "Empty where it is not told.",
    ),
    Column(
        "suppressed", "flag", "不公布", "Not told",
        "少于三家单位，或能由其他数推出少于三家单位的数。",
        "Fewer than three organisations, or other figures would tell of fewer than three.",
    ),
    SYNTHETIC,
)  # fmt: skip
DICTIONARY_COLUMNS = (
    Column("file", "text", "文件", "File"),
    Column("column", "text", "列", "Column"),
    Column("label_zh", "text", "名称", "Name in Chinese"),
    Column("label_en", "text", "名称（英文）", "Name in English"),
    Column("kind_zh", "text", "类型", "Type in Chinese"),
    Column("kind_en", "text", "类型（英文）", "Type in English"),
    Column("unit", "text", "单位", "Unit"),
    Column("vocabulary", "text", "词表", "Vocabulary"),
    Column("hint_zh", "text", "说明", "Explanation in Chinese"),
    Column("hint_en", "text", "说明（英文）", "Explanation in English"),
)


def dictionary_of(tables: Iterable[Table]) -> Table:
    """Return the meaning of every column of some tables as a table."""
    rows = [
        {
            "file": table.name,
            "column": column.name,
            "label_zh": column.label_zh,
            "label_en": column.label_en,
            "kind_zh": KINDS[column.kind][0],
            "kind_en": KINDS[column.kind][1],
            "unit": column.unit,
            "vocabulary": column.vocabulary,
            "hint_zh": column.hint_zh,
            "hint_en": column.hint_en,
        }
        for table in tables
        for column in table.columns
    ]
    return Table("dictionary", "数据字典", "Data dictionary", DICTIONARY_COLUMNS, tuple(rows))


def as_csv(table: Table) -> bytes:
    """Return a table as CSV in UTF-8 with a mark, as spreadsheets want it; one row a record."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    for row in table.rows:
        writer.writerow([cell(row.get(column.name)) for column in table.columns])
    return ("\ufeff" + text.getvalue()).encode()


def as_json_lines(table: Table) -> bytes:
    """Return a table as one JSON object a line, with the columns that a row has."""
    names = [column.name for column in table.columns]
    lines = (
        json.dumps({name: row[name] for name in names if name in row}, ensure_ascii=False,
                   allow_nan=False)
        for row in table.rows
    )  # fmt: skip
    return "".join(f"{line}\n" for line in lines).encode()


def cell(value: Any) -> str:
    """Return a value as text that a spreadsheet does not take for a formula.

    Examples
    --------
    >>> cell(["C31", "C26"]), cell(None), cell(True), cell("=1+1")
    ('C31; C26', '', 'yes', "'=1+1")
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        lines = [one for one in value if isinstance(one, Mapping)]
        texts = [str(line.get("text", "")) for line in lines] or [str(one) for one in value]
        text = (BETWEEN_LINES if lines else BETWEEN).join(texts)
    else:
        text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def read_me(tables: Sequence[Table], *, day: str, is_demonstration: bool) -> bytes:
    """Return what goes with the files: what they are, who may use them, what is left out."""
    marks = (
        "【演示数据】本次导出含虚构的单位和记录，逐行标明（synthetic）。\n"
        "[SYNTHETIC] This export holds made-up organisations and records, marked line by line.\n\n"
    )
    files = "".join(
        f"{table.name}.csv, {table.name}.jsonl\n  {table.title_zh} · {table.title_en}: "
        f"{len(table.rows)}\n"
        for table in tables
    )
    text = (
        f"AI+ 场景匹配：开放数据 · AI+ Scenario Matching: open data\n{day}\n\n"
        f"{marks if is_demonstration else ''}"
        f"{LICENCE_ZH}\n{LICENCE_EN}\n\n{files}\n"
        "需求按公众所见列出：匿名的隐去单位和可识别之处，只写到省；定向邀请的、草稿、审核中和撤回的不在其中。"
        "结果只含双方同意公布的。少于三家单位的数不公布。\n"
        "Needs are listed as the public sees them: anonymous ones without the enterprise and what "
        "betrays it, the place as a province; those for invited parties, drafts, those in review "
        "and withdrawn ones are absent. Outcomes are those that both sides agreed to publish. "
        "Figures of fewer than three organisations are not told.\n"
    )
    return text.encode()
