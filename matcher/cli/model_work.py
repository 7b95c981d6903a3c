"""What comparing and updating models take, done alike by the command and by a job of the site."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sqlite_utils import Database

    from matcher.cli.progress import Progress
    from matcher.learning.history import HistoryLog
    from matcher.learning.systems import Tools

OFF_TOPIC = "off_topic_needs.jsonl"


class Told(Protocol):
    """What long work tells of itself."""

    def __call__(self, done: int, total: int) -> None:
        """Say how much is done."""
        ...

    def say(self, what: str) -> None:
        """Name the stage that begins."""
        ...


def label_history(db: Database) -> HistoryLog:
    """Return what was shown and what became of it; invented history says that it is synthetic."""
    from matcher.workflow.learning.history import read_history

    return read_history(db, today=today())


def catalogue_tools(db: Database, database: Path, told: Told) -> Tools:
    """Return what an index of the catalogue takes: its vectors are in the database already."""
    from matcher.learning.systems import Tools
    from matcher.store.derived import DerivedFiles
    from matcher.store.vectors import VectorStore
    from matcher.text.embedding import MultilingualEncoder
    from matcher.text.lexicon import Lexicon

    derived = DerivedFiles.beside(database)
    encoder = MultilingualEncoder(derived)
    return Tools(encoder, VectorStore(db, encoder.name), Lexicon.kept(derived), told)


def compare(  # noqa: PLR0913 (each is an option of the command)
    db: Database,
    database: Path,
    models: Path,
    model_id: str,
    told: Told,
    *,
    n_cases: int,
    made_by: str,
    properties: bool = True,
) -> int:
    """Compare a model with the serving one, keep what was found and return its number."""
    from matcher.learning.systems import load_served
    from matcher.ranking.registry import load_model
    from matcher.reports.model_comparison import ComparisonInput, compare_models
    from matcher.reports.updated_card import write_card
    from matcher.store.catalogue import read_catalogue
    from matcher.store.models import add_comparison
    from matcher.vocabulary.files import data_folder
    from matcher.workflow.learning.labels import all_labels, small_providers
    from matcher.workflow.matching.serving import model_folder, serving_id

    model_folder(models, model_id)
    log = label_history(db)
    labels = all_labels(db, log, now=now()).labels
    given = ComparisonInput(
        catalogue=read_catalogue(db),
        candidate=load_served(models, model_id),
        serving=load_served(models, serving_id(db, models)),
        lists=labels.lists,
        tried=labels.tried,
        today=today(),
        off_topic_needs=data_folder() / "judgements" / OFF_TOPIC if properties else None,
        n_cases=n_cases,
        small_providers=small_providers(db),
        log=log,
    )
    document = compare_models(given, catalogue_tools(db, database, told), told.say)
    number = add_comparison(db, document, made_by=made_by, now=now())
    if "labels" in load_model(models / model_id).manifest:  # it was made by an update
        write_card(models / model_id, document)
    return number


def update(
    db: Database, models: Path, model_id: str, *, parent: str = "", told: Told
) -> dict[str, Any]:
    """Make a model from the serving one (or a named parent) and all labels; return its manifest."""
    from matcher.learning.updated_model import update_model
    from matcher.reports.updated_card import write_card
    from matcher.workflow.learning.labels import all_labels
    from matcher.workflow.matching.serving import model_folder, serving_id

    parent_id = parent or serving_id(db, models)
    model_folder(models, parent_id)
    told.say("labels")
    given = all_labels(db, label_history(db), now=now())
    told.say("fitting")
    manifest = update_model(models, parent_id, model_id, given, now=now())
    write_card(models / model_id)
    return manifest


def reproduced(database: Path, models: Path, model_id: str, progress: Progress) -> dict[str, Any]:
    """Make a model once more and return how far each value is from the one that was kept."""
    from matcher.cli.tools import learning_tools
    from matcher.interchange.catalogue_files import catalogue_digest, read_catalogue
    from matcher.learning.reproduction import reproduce, reproduce_cases
    from matcher.ranking.registry import load_model
    from matcher.vocabulary.files import data_folder
    from matcher.workflow.matching.serving import model_folder

    if "parent" in load_model(model_folder(models, model_id)).manifest:
        return reproduce(models, model_id)
    folder = data_folder() / "catalogue"
    with learning_tools(database, progress) as tools:
        catalogue, digest = read_catalogue(folder), catalogue_digest(folder)
        return reproduce_cases(models, model_id, catalogue, digest, tools)


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day in UTC."""
    return now().date()
