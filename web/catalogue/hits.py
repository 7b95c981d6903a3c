"""One record found, as a list draws it: name, snippet around the words found, what tells it apart.

Words found are marked; those found through the other language or another spelling are marked in
another way. Texts of records are escaped here, piece by piece.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from matcher.records import Catalogue, PilotBase, Provider
from matcher.store.search import Hit
from matcher.store.search_highlights import Mark, Passage
from matcher.workflow.needs.disclosure import ShownNeed
from web.catalogue.base_states import NAME_ONLY, status_words, takes_no_applications
from web.catalogue.kinds import kind_name, record_of, record_url
from web.catalogue.marks import is_made_up, takes_part
from web.catalogue.sources import is_unverified
from web.i18n import HTML_LANG, language
from web.i18n import gettext as _
from web.moments import day_words
from web.presenters import in_language, industry_label, is_chinese, label, place_of, region_label

SNIPPET_LENGTH = 120  # Han characters; English is cut at twice the length
LEAD = 30  # characters kept before the first word found


def present_hit(hit: Hit, catalogue: Catalogue, *, with_kind: bool = False) -> dict[str, Any]:
    record = record_of(hit.kind, hit.record_id, catalogue)
    resting = resting_mark(hit, record)
    return {
        "url": record_url(hit.kind, hit.record_id),
        "eyebrow": eyebrow(hit.kind, record, catalogue, with_kind=with_kind),
        "title": title(hit),
        # Of who takes no part, its own summary alone: what it offers cannot be had at present.
        "snippet": own_summary(hit) if resting else snippet(hit),
        "tags": [
            *resting,
            *made_up_mark(hit, record),
            *closed_mark(hit, record, catalogue),
            *tags(record),
        ],
    }


def made_up_mark(hit: Hit, record: Any) -> list[dict[str, str]]:
    """Say of a record that it is a demonstration's, as is what belongs to such a record."""
    keys = [(hit.kind, hit.record_id)]
    keys += [("pilot_base", getattr(record, "pilot_base_id", ""))]
    keys += [("provider", getattr(record, "provider_id", ""))]
    if any(is_made_up(*key) for key in keys):
        return [{"label": _("demonstration"), "style": "synthetic"}]
    return []


def resting_mark(hit: Hit, record: Any) -> list[dict[str, str]]:
    """Say of a provider or a base, and of what is theirs, that it takes no part at present."""
    owners = (("provider", "provider_id"), ("pilot_base", "pilot_base_id"))
    ids = [(kind, getattr(record, name, "")) for kind, name in owners if hit.kind != "case"]
    if all(takes_part(kind, own_id) for kind, own_id in ids):
        return []
    return [{"label": _("takes no part at present"), "style": "warn"}]


def eyebrow(kind: str, record: Any, catalogue: Catalogue, *, with_kind: bool) -> str:
    """Return the line above a title: what kind it is, and whose."""
    parts = [kind_name(kind)] if with_kind else []
    if kind == "case":
        user = own_text(
            getattr(record, "user_enterprise", ""), getattr(record, "user_enterprise_en", "")
        )
        parts.append(user)
    if isinstance(record, ShownNeed):
        parts.append(whose(record))
    if kind in {"capability", "case"}:
        parts.append(_name(catalogue.providers.get(getattr(record, "provider_id", ""))))
    if kind == "base_service":
        parts.append(_name(catalogue.pilot_bases.get(getattr(record, "pilot_base_id", ""))))
    return " · ".join(filter(None, parts))


def whose(shown: ShownNeed) -> str:
    """Return the enterprise of a need, or that it stays anonymous."""
    if shown.is_masked:
        return _("An enterprise that stays anonymous")
    return own_text(shown.organisation_name, shown.organisation_name_en)


def _name(record: Any) -> str:
    return "" if record is None else own_text(record.name, record.name_en)


def own_text(text: str, english: str) -> str:
    return (english or text) if language() == "en" else (text or english)


def title(hit: Hit) -> Markup:
    """Return the title in the page's language, or the other where there is none."""
    names = _own_first("title")
    used = next((name for name in names if getattr(hit, name)), names[0])
    return in_its_language(getattr(hit, used), hit.highlights.get(used, ()))


def snippet(hit: Hit) -> Markup:
    """Return the text that shows best why the record was found, cut around the words found.

    The page's language comes first; the other language is shown where the words stand only there.
    """
    own, other = _own_first("summary")
    own_title, other_title = _own_first("title")
    best = _heaviest([*_passage_of(hit, own), *_passages(hit, own=True)])
    if best is None and not hit.highlights.get(own_title):
        others = [*_passage_of(hit, other), *_passage_of(hit, other_title)]
        best = _heaviest([*others, *_passages(hit, own=False)])
    if best is None:
        best = Passage(getattr(hit, own) or getattr(hit, other), ())
    return in_its_language(*cut_around(best.text, best.marks, SNIPPET_LENGTH))


def own_summary(hit: Hit) -> Markup:
    own, other = _own_first("summary")
    return in_its_language(
        *cut_around(getattr(hit, own) or getattr(hit, other), (), SNIPPET_LENGTH)
    )


def _own_first(name: str) -> tuple[str, str]:
    return (f"{name}_en", name) if language() == "en" else (name, f"{name}_en")


def _passage_of(hit: Hit, name: str) -> list[Passage]:
    marks = hit.highlights.get(name, ())
    return [Passage(getattr(hit, name), marks)] if marks else []


def _heaviest(passages: list[Passage]) -> Passage | None:
    """Return the one with most of the query, the first of several."""
    return max(passages, key=lambda passage: passage.weight, default=None)


def _passages(hit: Hit, *, own: bool) -> list[Passage]:
    is_own = {True: "zh", False: "en"}
    return [each for each in hit.passages if (is_own[is_chinese(each.text)] == language()) is own]


def cut_around(text: str, marks: tuple[Mark, ...], longest: int) -> tuple[str, tuple[Mark, ...]]:
    """Cut a text so that the first words found are in it; English at twice the length."""
    limit = longest if is_chinese(text) else 2 * longest
    if len(text) <= limit:
        return text, marks
    first = marks[0].start if marks else 0
    start = 0 if first < limit - LEAD else max(0, min(first - LEAD, len(text) - limit))
    if start and not is_chinese(text):  # at a word
        start = text.find(" ", start, first) + 1 or start
    end = min(len(text), start + limit)
    if end < len(text) and not is_chinese(text):
        end = max(text.rfind(" ", start, end), start + limit // 2)
    before, after = "…" if start else "", "…" if end < len(text) else ""
    kept = tuple(
        Mark(m.start - start + len(before), m.end - start + len(before), m.is_other)
        for m in marks
        if m.start >= start and m.end <= end
    )
    return before + text[start:end].rstrip() + after, kept


def in_its_language(text: str, marks: tuple[Mark, ...]) -> Markup:
    """Return a text with its marks, naming its language where that is not the page's."""
    marked = highlighted(text, marks)
    code = "zh" if is_chinese(text) else "en"
    if code == language() or not any(map(str.isalpha, text)):
        return marked
    return Markup('<span lang="{}">{}</span>').format(HTML_LANG[code], marked)


def highlighted(text: str, marks: tuple[Mark, ...]) -> Markup:
    parts, at = [], 0
    for mark in marks:
        parts.append(escape(text[at : mark.start]))
        word = text[mark.start : mark.end]
        if mark.is_other:
            parts.append(Markup('<mark class="mark-other">{}</mark>').format(word))
        else:
            parts.append(Markup("<mark>{}</mark>").format(word))
        at = mark.end
    parts.append(escape(text[at:]))
    return Markup("").join(parts)


def tags(record: Any) -> list[dict[str, str]]:
    """Return the few codes that tell one record from the next, and its caveats."""
    if isinstance(record, ShownNeed):
        return need_tags(record)
    shown = own_tags(record)
    for name in ("process_step", "ai_task", "validation_type"):
        codes = getattr(record, f"{name}s", ())
        shown += [{"label": label(name, code), "style": ""} for code in codes[:2]]
    if maturity := getattr(record, "maturity", None):
        shown.append({"label": f"TRL {maturity}", "style": ""})
    if getattr(record, "year", None):
        shown.append({"label": str(record.year), "style": ""})
    if getattr(record, "trust", "") and getattr(record, "relation", ""):
        words = _("Source grade %(grade)s", grade=record.trust)
        shown.append({"label": words, "style": "none"})
    if is_unverified(record) and getattr(record, "status", "") != NAME_ONLY:
        shown.append({"label": _("unverified"), "style": "unverified"})
    return shown


def own_tags(record: Any) -> list[dict[str, str]]:
    """Return what kind of provider it is, or whether a base can be applied to; and where it is."""
    told = []
    if isinstance(record, Provider):
        told = [(own_text(record.kind, record.kind_en), "")]
    if isinstance(record, PilotBase):
        told = [status_words(record)] if record.status else []
        told += [(label("base_domain", record.domain), "")] if record.domain else []
    if told:
        told.append((place_of(record), "none"))
    return [{"label": in_language(text), "style": style} for text, style in told if text]


def closed_mark(hit: Hit, record: Any, catalogue: Catalogue) -> list[dict[str, str]]:
    """Say of a service that nobody can apply for it yet, as its base is not open."""
    base = catalogue.pilot_bases.get(getattr(record, "pilot_base_id", ""))
    if hit.kind != "base_service" or base is None or not takes_no_applications(base):
        return []
    words, style = status_words(base)
    return [{"label": words, "style": style}]


def need_tags(shown: ShownNeed) -> list[dict[str, str]]:
    """Return what a need is about, where, and until when it may be answered."""
    need = shown.need
    found = [{"label": industry_label(code), "style": ""} for code in need.industries]
    for name in ("process_step", "ai_task"):
        found += [{"label": label(name, code), "style": ""} for code in getattr(need, f"{name}s")]
    if need.region:
        found.append({"label": region_label(need.region), "style": "none"})
    if shown.reply_by:
        words = _("answers until %(day)s", day=day_words(shown.reply_by))
        found.append({"label": words, "style": "none"})
    return found
