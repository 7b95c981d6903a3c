"""Lists of candidates to score, and runs: what a ranking says about each query, by score.

Both are plain tab-separated files, so that any other tool can make or measure them.
"""

from __future__ import annotations

import gzip
import math
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from matcher.errors import PackError, shown
from matcher.interchange.pack_lines import PackProblems, is_header, is_identifier, read_rows

Run = Mapping[str, Mapping[str, float]]


def read_candidates(
    path: Path | str, query_ids: Collection[str] = (), doc_ids: Collection[str] = ()
) -> dict[str, list[str]]:
    """Read which documents to score for each query.

    Parameters
    ----------
    path : path
        Query id and document id by a tab, with or without a header row; more columns are ignored.
    query_ids, doc_ids : collection of str, optional
        The ids that are known; another is a damaged line. Without them every id is accepted.

    Returns
    -------
    dict of str to list of str
        Documents of each query in the order of the file, each once.

    Raises
    ------
    PackError
        The file is missing or empty, or lines are damaged: then with all of them, up to 20.
    """
    path = Path(path)
    problems = PackProblems()
    known_queries, known_documents = set(query_ids), set(doc_ids)
    candidates: dict[str, dict[str, None]] = {}
    for i, (line, (query, document)) in enumerate(read_rows(path, 2, problems)):
        if i == 0 and is_header(query) and query not in known_queries:
            continue
        if known_queries and query not in known_queries:
            problems.add(path, line, "query-id", query, "the id of one of the queries")
        if known_documents and document not in known_documents:
            problems.add(path, line, "doc-id", document, "the id of a document of the corpus")
        candidates.setdefault(query, {})[document] = None
    problems.raise_if_any(path.parent)
    if not candidates:
        raise PackError(
            f"{path} names no pair; expected query id and document id by a tab on each line; "
            "leave the file out to rank the whole corpus",
            path=str(path),
        )
    return {query: list(documents) for query, documents in candidates.items()}


def write_run(path: Path | str, run: Run) -> None:
    """Write a run: query id, document id and score by tabs, best first, no header.

    Scores carry all digits that their order needs. A name that ends in ``.gz`` is compressed.

    Raises
    ------
    ValueError
        A score is not finite, or an id cannot stand in a tab-separated line.
    PackError
        The file cannot be written.
    """
    path = Path(path)
    content = "".join(_run_lines(run)).encode("utf-8")
    if path.suffix == ".gz":
        content = gzip.compress(content, mtime=0)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise PackError(
            f"{path} cannot be written: {error.strerror or error}; expected a path in a folder "
            "that exists and may be written to; choose another",
            path=str(path),
        ) from error


def _run_lines(run: Run) -> Iterator[str]:
    for query, scores in run.items():
        for name in (query, *scores):
            if not is_identifier(name):
                raise ValueError(f"id {shown(name)} cannot stand in a run file")
        ranked = ((float(score), document) for document, score in scores.items())
        for score, document in sorted(ranked, key=lambda pair: (-pair[0], pair[1])):
            if not math.isfinite(score):
                raise ValueError(f"score of {query}, {document} is {score}, not a finite number")
            yield f"{query}\t{document}\t{score!r}\n"
