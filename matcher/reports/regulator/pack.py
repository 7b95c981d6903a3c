"""Put the documents into one zip, the same bytes for the same facts."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping

from matcher.reports.regulator.assessment import answers, self_assessment
from matcher.reports.regulator.exposure import exposure_report, exposure_rows
from matcher.reports.regulator.facts import LANGUAGES, PackFacts, Words, document, table
from matcher.reports.regulator.notice import algorithm_notice
from matcher.reports.regulator.proofs import audit_chain, log_retention

TITLE = Words("监管材料包", "Regulator's pack")
DOCUMENTS = {
    "01-algorithm-notice": algorithm_notice,
    "03-self-assessment": self_assessment,
    "04-exposure": exposure_report,
    "05-log-retention": log_retention,
    "06-audit-chain": audit_chain,
}
NAMES = {
    "01-algorithm-notice": Words("算法公示", "Algorithm notice"),
    "02-model-card": Words("模型卡（两种语言）", "Model card (both languages)"),
    "03-self-assessment": Words("算法安全自评估", "Self-assessment"),
    "04-exposure": Words("曝光报告", "Exposure report"),
    "05-log-retention": Words("日志留存证明", "Proof of log retention"),
    "06-audit-chain": Words("审计链证明", "Proof of the audit chain"),
}
BASIS = Words("下列文件及其 SHA-256。", "the files listed with their SHA-256.")


def pack_files(facts: PackFacts) -> dict[str, str]:
    """Return every file of the pack by its name, the list of contents first."""
    files = {
        f"{name}.{language}.md": write(facts, language)
        for name, write in DOCUMENTS.items()
        for language in LANGUAGES
    }
    files["02-model-card.md"] = _card(facts)
    files["03-self-assessment.json"] = _assessment_json(facts)
    files["04-exposure.csv"] = _csv(facts)
    ordered = {name: files[name] for name in sorted(files)}
    contents = {f"00-contents.{language}.md": _contents(facts, ordered, language)
                for language in LANGUAGES}  # fmt: skip
    return {**contents, **ordered}


def pack_bytes(facts: PackFacts) -> bytes:
    """Return the pack as a zip file."""
    target = io.BytesIO()
    moment = facts.made_at.timetuple()[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in pack_files(facts).items():
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode("utf-8"))
    return target.getvalue()


def _contents(facts: PackFacts, files: Mapping[str, str], language: str) -> str:
    header = Words("文件|内容|SHA-256", "File|Content|SHA-256").of(language).split("|")
    rows = [[f"`{name}`", NAMES[name.split(".")[0]].of(language), f"`{_digest(text)}`"]
            for name, text in files.items()]  # fmt: skip
    who = Words(f"生成者：{facts.made_by}", f"Made by: {facts.made_by}").of(language)
    return document(facts, TITLE, [who, "", *table(header, rows)], BASIS, language)


def _card(facts: PackFacts) -> str:
    told = "**模型由合成标签训练 · trained on synthetic labels**\n\n"
    mark = told if facts.manifest.get("synthetic") else ""
    return (
        f"{mark}{facts.card.rstrip()}\n\n---\n\n**依据 · Rests on**: `{facts.model_id}`, sha256 "
        f"`{facts.manifest.get('sha256', '')}`\n"
    )


def _assessment_json(facts: PackFacts) -> str:
    rows = [
        {
            "question": one.question._asdict(),
            "answer": one.answer._asdict(),
            "rests_on": one.basis._asdict(),
        }
        for one in answers(facts)
    ]
    found = {
        "synthetic": facts.is_synthetic,
        "made_at": facts.made_at.isoformat(),
        "model_id": facts.model_id,
        "answers": rows,
    }
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _csv(facts: PackFacts) -> str:
    rows = exposure_rows(facts)
    if not rows:
        return "synthetic,note\n" + f"{facts.is_synthetic},no monthly report is kept yet\n"
    target = io.StringIO()
    writer = csv.DictWriter(target, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
