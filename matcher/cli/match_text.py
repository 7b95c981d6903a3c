"""A match list as text for a terminal, in Chinese or English."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from matcher.cli.text import cut, table
from matcher.interchange.match_json import NOTHING_SYNTHETIC, Synthetic
from matcher.ranking.results import Contribution, Match, MatchList

LINE = 98
MOST_REASONS = 4
SMALLEST_BITS = 0.1
MOST_EVIDENCE = 2
MOST_BASES = 2
WORDS = {
    "none": {
        "zh": "没有足够合适的匹配：下面是最接近的，但没有一家有与需求相近的证据。",
        "en": "No adequate match: the nearest are below, but none has evidence near the need.",
    },
    "too_little": {"zh": "请再多说几句。", "en": "Please say a little more."},
    "unknown_words": {"zh": "没有足够合适的匹配。", "en": "No adequate match."},
    "known": {
        "zh": "目录认得的词只有 {n} 个，至少要 {least} 个才能判断谁合适。\n"
        "下面是目录中与这些词有关的内容，并不表示其中有谁合适。",
        "en": "The catalogue knows {n} of the words, and it takes {least} to judge who fits.\n"
        "Below is what it has about them; nothing there is said to fit.",
    },
    "near": {
        "zh": "列出的 {all} 家中，{n} 家有与需求相近的证据。",
        "en": "{n} of the {all} listed have evidence near the need.",
    },
    "share": {
        "zh": "概率：在今天所有可选的供给方中，真实案例里做成的恰好是这一家的机会。\n"
        "其他供给方加入或退出，它就会变。",
        "en": "probability: the chance that, of all providers eligible today, real cases would\n"
        "name this one; it moves when others join or leave.",
    },
    "weak": {
        "zh": "* 没有相近的证据：目录中没有它在含义和主题上与需求相近的材料",
        "en": "* no near evidence: nothing in the catalogue of it is near in meaning and in topic",
    },
    "reasons": {"zh": "理由", "en": "why"},
    "requirement": {"zh": "要求", "en": "requirement"},
    "evidence": {"zh": "证据", "en": "evidence"},
    "unverified": {"zh": "（未核实）", "en": " (unverified)"},
    "synthetic": {"zh": "（演示数据）", "en": " (demonstration)"},
    "demonstration": {
        "zh": "演示数据：库中有虚构的单位和记录。",
        "en": "Demonstration data: this database holds made-up organisations and records.",
    },
    "unknown": {"zh": "未说明", "en": "not stated"},
    "base": {"zh": "中试基地", "en": "pilot base"},
    "excluded": {
        "zh": "因硬性条件排除 {n} 项能力，例如：",
        "en": "{n} capabilities kept out by hard conditions, such as:",
    },
    "model": {
        "zh": "模型 {model}，目录版本 {revision}，可选供给方 {n} 家，用时 {ms:.0f} 毫秒",
        "en": "model {model}, catalogue revision {revision}, {n} eligible providers, {ms:.0f} ms",
    },
}
HEADER = {
    "zh": ("名次", "概率", "证据（比特）", "供给方", "能力"),
    "en": ("rank", "probability", "bits", "provider", "capability"),
}
STATUS = {
    "met": {"zh": "满足", "en": "met"},
    "partly": {"zh": "部分满足", "en": "partly"},
    "not_met": {"zh": "不满足", "en": "not met"},
    "no_evidence": {"zh": "无证据", "en": "no evidence"},
}


def match_list_to_text(
    found: MatchList, language: str, synthetic: Synthetic = NOTHING_SYNTHETIC
) -> str:
    """Return the list as lines for people: a table, then the reasons of each match."""
    lines = [WORDS["demonstration"][language], ""] if synthetic.is_demonstration else []
    if not found.matches:
        lines.append(WORDS["empty"][language])
    else:
        lines.append(_verdict(found, language))
    if found.matches:
        rows = [_row(match, language, synthetic) for match in found.matches]
        lines.append(table(HEADER[language], rows))
        lines.append(WORDS["share"][language])
        if not all(match.adequate for match in found.matches):
            lines.append(WORDS["weak"][language])
        lines.append("")
    for match in found.matches:
        lines += [*_details(match, language, synthetic), ""]
    lines += _excluded(found, language)
    lines.append(
        WORDS["model"][language].format(
            model=found.model_id,
            revision=found.catalogue_revision,
            n=found.n_eligible,
            ms=found.timing_ms.get("total", sum(found.timing_ms.values())),
        )
    )
    return "\n".join(lines)


def _verdict(found: MatchList, language: str) -> str:
    """Return what the list claims: how many have near evidence, or why nobody is said to fit."""
    if found.is_unknown:
        verdict = WORDS["too_little" if found.says_too_little else "unknown_words"][language]
        known = WORDS["known"][language]
        return f"{verdict} {known.format(n=found.n_judged_words, least=found.least_words)}"
    if not found.claims_fit:
        return WORDS["none"][language]
    return WORDS["near"][language].format(n=len(found.near), all=len(found.matches))


def _row(match: Match, language: str, synthetic: Synthetic) -> tuple[str, ...]:
    mark = "" if match.adequate else " *"
    return (
        f"{match.rank}{mark}",
        f"{match.probability:.1%}",
        f"{match.bits:+.2f}",
        cut(_name(match, language), 40) + _mark(match, language, synthetic),
        match.capability_id,
    )


def _name(match: Match, language: str) -> str:
    return (match.provider_name_en if language == "en" else "") or match.provider_name


def _mark(match: Match, language: str, synthetic: Synthetic) -> str:
    made_up = ("provider", match.provider_id), ("capability", match.capability_id)
    return WORDS["synthetic"][language] if synthetic.holds(*made_up) else ""


def _said(record: Any, language: str) -> str:
    return str(record.reason_en if language == "en" else record.reason_zh)


def _details(match: Match, language: str, synthetic: Synthetic) -> Iterator[str]:
    mark = _mark(match, language, synthetic)
    yield f"{match.rank}. {_name(match, language)} ({match.provider_id}){mark}"
    for entry in _spoken(match.contributions):
        yield _line("reasons", language, f"{entry.bits:+.2f}  {_said(entry, language)}")
    for line in match.requirements:
        status = STATUS.get(line.status, {}).get(language, line.status)
        yield _line("requirement", language, f"[{status}] {line.text}")
    for piece in match.evidence[:MOST_EVIDENCE]:
        text = (piece.text_en if language == "en" else "") or piece.text
        mark = WORDS["unverified"][language] if piece.unverified else ""
        yield _line("evidence", language, f"{piece.case_id or piece.evidence_id}{mark} {text}")
    for check in match.checks:
        if check.status == "unknown":
            yield _line("unknown", language, _said(check, language))
    for base in match.bases[:MOST_BASES]:
        # What bars a base comes before what speaks for it: nobody shall take it for an open one.
        barred = [check for check in base.checks if check.status == "failed"]
        told = barred or _spoken(base.contributions)
        reasons = " ".join(_said(entry, language) for entry in told[:1])
        place = " / ".join(filter(None, (base.pilot_base_id, base.service_id)))
        if synthetic.holds(("pilot_base", base.pilot_base_id)):
            place += WORDS["synthetic"][language]
        yield _line("base", language, f"{place} {reasons}")


def _spoken(contributions: Sequence[Contribution]) -> list[Contribution]:
    """Return what tells this candidate from others, the strongest first.

    Terms without a value, such as competition and calibration, are the same for everybody; they
    stand in the JSON, where the sum must be exact.
    """
    told = [
        entry
        for entry in contributions
        if abs(entry.bits) >= SMALLEST_BITS
        and (entry.value is not None or (entry.is_prior and entry.bits > 0))
    ]
    return sorted(told, key=lambda entry: -abs(entry.bits))[:MOST_REASONS]


def _line(word: str, language: str, text: str) -> str:
    return "   " + cut(f"{WORDS[word][language]}: {text}", LINE - 3)


def _excluded(found: MatchList, language: str) -> Iterator[str]:
    if not found.excluded:
        return
    yield WORDS["excluded"][language].format(n=len(found.excluded))
    seen: set[str] = set()
    for entry in found.excluded:
        if entry.reason_code not in seen:
            seen.add(entry.reason_code)
            yield "   " + cut(f"{entry.capability_id}: {_said(entry, language)}", LINE - 3)
    yield ""
