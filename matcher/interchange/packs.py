"""Evaluation packs: documents, their evidence, queries and graded judgements, read by path.

A pack is a folder of ``corpus.jsonl``, optionally ``evidence.jsonl``, ``queries.<split>.jsonl``
and ``qrels.<split>.tsv``; files of one split only may leave it out of their names, and any file may
be gzipped. Lists of candidates and runs are in ``runs`` and can be imported from here. Nothing here
ranks or measures; ``learning`` and the command line call it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sized
from dataclasses import dataclass
from pathlib import Path

from matcher.errors import PackError, shown
from matcher.interchange.pack_lines import (
    LineRecord,
    PackProblems,
    is_header,
    read_objects,
    read_rows,
)
from matcher.interchange.runs import Run, read_candidates, write_run
from matcher.text.terms import detect_language

__all__ = [
    "Pack",
    "PackDocument",
    "PackEvidence",
    "PackQuery",
    "Qrels",
    "Run",
    "read_candidates",
    "read_files",
    "read_pack",
    "write_run",
]

# Gains are 2 ** grade - 1: more would drown every other judgement.
MAX_GRADE = 20

Qrels = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class PackDocument:
    """A thing to be ranked: an offer, a company; ``year`` is 0 where unknown."""

    id: str
    title: str
    text: str
    year: int = 0


@dataclass(frozen=True, slots=True)
class PackEvidence:
    """A text that speaks for one document: a case, an award; ``year`` is 0 where unknown."""

    id: str
    doc_id: str
    title: str
    text: str
    year: int = 0


@dataclass(frozen=True, slots=True)
class PackQuery:
    """A need; evidence of its ``year`` or later did not exist when it was asked."""

    id: str
    title: str
    text: str
    year: int | None
    language: str  # zh | en | as the pack says


@dataclass(frozen=True, slots=True)
class Pack:
    """One split of a pack; ``warnings`` say what is odd but does not stop an evaluation."""

    name: str
    documents: tuple[PackDocument, ...]
    evidence: tuple[PackEvidence, ...]
    queries: tuple[PackQuery, ...]
    qrels: Qrels
    warnings: tuple[str, ...] = ()


def read_pack(folder: Path | str, split: str) -> Pack:
    """Read one split of a pack.

    Parameters
    ----------
    folder : path
        Where the files of the pack lie.
    split : str
        Such as ``dev``: ``queries.dev.jsonl`` is taken, or else ``queries.jsonl``.

    Returns
    -------
    Pack
        In the order of the files. Without a judgement file ``qrels`` is empty and said so.

    Raises
    ------
    PackError
        A file is missing, or lines are damaged: then with all of them, up to 20.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise PackError(
            f"{folder} is not a folder; expected one that holds corpus.jsonl and "
            "queries.<split>.jsonl; check the path",
            path=str(folder),
        )
    queries = _find(folder, "queries", split, "jsonl")
    if queries is None:
        raise PackError(
            f"{folder} has no queries of the split {shown(split)}: expected "
            f"queries.{split}.jsonl or queries.jsonl, also with .gz; splits there: "
            f"{', '.join(_splits(folder)) or 'none'}; choose one of them",
            path=str(folder),
            split=split,
        )
    corpus = _find(folder, "corpus", split, "jsonl") or folder / "corpus.jsonl"
    evidence = _find(folder, "evidence", split, "jsonl")
    return read_files(queries, corpus, evidence, _find(folder, "qrels", split, "tsv"))


def _find(folder: Path, stem: str, split: str, suffix: str) -> Path | None:
    names = (f"{stem}.{split}.{suffix}", f"{stem}.{suffix}") if split else (f"{stem}.{suffix}",)
    paths = (folder / f"{name}{gz}" for name in names for gz in ("", ".gz"))
    return next((path for path in paths if path.parent == folder and path.is_file()), None)


def _splits(folder: Path) -> list[str]:
    names = (re.fullmatch(r"queries\.(.+)\.jsonl(\.gz)?", path.name) for path in folder.iterdir())
    return sorted({name.group(1) for name in names if name})


def read_files(
    queries: Path | str,
    corpus: Path | str,
    evidence: Path | str | None = None,
    qrels: Path | str | None = None,
) -> Pack:
    """Read a pack from files named one by one.

    Raises
    ------
    PackError
        A file is missing or empty, or lines are damaged: then with all of them, up to 20.
    """
    queries, corpus = Path(queries), Path(corpus)
    problems = PackProblems()
    documents = _read_documents(corpus, problems)
    texts = _read_evidence(Path(evidence), documents, problems) if evidence else ()
    asked = _read_queries(queries, problems)
    judged = _read_qrels(Path(qrels), problems) if qrels else {}
    problems.raise_if_any(corpus.parent)
    _refuse_empty(corpus, "document", documents)
    _refuse_empty(queries, "query", asked)
    if qrels:
        _refuse_empty(Path(qrels), "judgement", judged)
    warnings = _warnings(Path(qrels) if qrels else None, judged, asked, documents)
    return Pack(queries.parent.name, tuple(documents.values()), texts, asked, judged, warnings)


def _refuse_empty(path: Path, kind: str, found: Sized) -> None:
    if not found:
        raise PackError(
            f"{path} holds no {kind}; expected at least one, each on a line of its own; check that "
            "the file is the right one and complete",
            path=str(path),
        )


def _read_documents(path: Path, problems: PackProblems) -> dict[str, PackDocument]:
    documents: dict[str, PackDocument] = {}
    for record in _records(path, problems):
        own_id = record.identifier("id")
        documents[own_id] = PackDocument(
            own_id, record.text("title"), record.text("text"), record.year("year")
        )
    return documents


def _records(path: Path, problems: PackProblems) -> Iterable[LineRecord]:
    """Yield the records of a file, noting ids that stand twice."""
    seen: dict[str, int] = {}
    for line, values in read_objects(path, problems):
        record = LineRecord(path, line, values, problems)
        own_id = values.get("id")
        if isinstance(own_id, str) and own_id in seen:
            record.note("id", f"an id not used before (line {seen[own_id]} has it)")
            continue
        if isinstance(own_id, str):
            seen[own_id] = line
        yield record


def _read_evidence(
    path: Path, documents: Mapping[str, PackDocument], problems: PackProblems
) -> tuple[PackEvidence, ...]:
    texts = []
    corpus_is_whole = not problems.found  # a damaged document would make its evidence look lost
    for record in _records(path, problems):
        own_id, doc_id = record.identifier("id"), record.identifier("doc_id")
        if corpus_is_whole and doc_id and doc_id not in documents:
            record.note("doc_id", "the id of a document of the corpus")
        year = record.year("year")
        texts.append(PackEvidence(own_id, doc_id, record.text("title"), record.text("text"), year))
    return tuple(texts)


def _read_queries(path: Path, problems: PackProblems) -> tuple[PackQuery, ...]:
    queries = []
    for record in _records(path, problems):
        title, text = record.text("title"), record.text("text")
        year = record.year("release") or record.year("year") or None
        language = record.text("lang") or record.text("language")
        language = language or detect_language(f"{title} {text}")
        queries.append(PackQuery(record.identifier("id"), title, text, year, language))
    return tuple(queries)


def _read_qrels(path: Path, problems: PackProblems) -> Qrels:
    qrels: Qrels = {}
    for i, (line, (query, document, grade)) in enumerate(read_rows(path, 3, problems)):
        if i == 0 and is_header(query):
            continue
        if not re.fullmatch(r"[0-9]{1,2}", grade) or int(grade) > MAX_GRADE:
            problems.add(path, line, "relevance", grade, f"a whole number from 0 to {MAX_GRADE}")
            continue
        known = qrels.setdefault(query, {}).setdefault(document, int(grade))
        if known != int(grade):
            expected = f"one grade a pair ({query}, {document} has {known} above)"
            problems.add(path, line, "relevance", grade, expected)
    return qrels


def _warnings(
    path: Path | None,
    qrels: Qrels,
    queries: tuple[PackQuery, ...],
    documents: Mapping[str, PackDocument],
) -> tuple[str, ...]:
    """Say which judgements can never be met; all of them means that the file is another pack's."""
    if path is None:
        return ("no judgement file: the run can be written, not measured",)
    query_ids = {query.id for query in queries}
    judged = {document for grades in qrels.values() for document in grades}
    warnings = []
    for kind, named, known in (
        ("queries", set(qrels), query_ids),
        ("documents", judged, documents.keys()),
    ):
        unknown = sorted(named - known)
        if len(unknown) == len(named):
            raise PackError(
                f"{path}: none of its {len(named)} judged {kind} is in the pack, such as "
                f"{shown(unknown[0])}; expected judgements of these files; "
                "check that the judgement file belongs to the queries and the corpus",
                path=str(path),
            )
        if unknown:
            warnings.append(
                f"{path.name}: {len(unknown)} of {len(named)} judged {kind} are not in the pack, "
                f"such as {shown(unknown[0])}; they count as never found"
            )
    return tuple(warnings)
