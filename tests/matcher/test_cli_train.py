"""``aiplus train`` on a small synthetic catalogue: a model that loads, serves, tells its origin."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from matcher.cli import aiplus
from matcher.ranking.registry import load_serving_model
from matcher.records import Catalogue
from matcher.schemas import dump_record
from matcher.store.catalogue import FIELD_OF_KIND
from matcher.vocabulary.files import data_folder
from tests.factories import make_capability, make_case, make_catalogue, make_provider


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder: the project's vocabularies and one synthetic record of each kind."""
    return written(tmp_path_factory.mktemp("data"), make_catalogue())


def written(folder: Path, catalogue: Catalogue) -> Path:
    """Write a data folder with the project's vocabularies and a catalogue."""
    (folder / "vocabulary").symlink_to(data_folder() / "vocabulary")
    (folder / "catalogue").mkdir()
    for name in FIELD_OF_KIND.values():
        records = getattr(catalogue, name).values()
        lines = [json.dumps(dump_record(record), ensure_ascii=False) for record in records]
        path = folder / "catalogue" / f"{name}.jsonl"
        path.write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def train(data: Path, models: Path, *arguments: str) -> Result:
    environ = {
        "AIPLUS_DATA": str(data),
        "AIPLUS_DATABASE": str(data / "aiplus.db"),
        "AIPLUS_MODELS": str(models),
    }
    return CliRunner(env=environ).invoke(aiplus, ["train", *arguments], catch_exceptions=False)


def test_first_model_of_a_folder_serves_and_says_how_it_came(data: Path, tmp_path: Path) -> None:
    done = train(data, tmp_path, "--out", str(tmp_path / "tiny"), "--json")
    assert done.exit_code == 0, done.stderr
    manifest = json.loads(done.stdout)
    assert {"seed", "libraries", "catalogue_digest", "packs", "regimes"} <= set(manifest)
    assert load_serving_model(tmp_path).model_id == "tiny"


def test_a_later_model_does_not_take_over(data: Path, tmp_path: Path) -> None:
    (tmp_path / "serving.txt").write_text("first\n", "utf-8")
    done = train(data, tmp_path, "--out", str(tmp_path / "second"))
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "serving.txt").read_text("utf-8") == "first\n"
    assert "catalogue" in done.stdout


def test_quiet_training_says_nothing_on_the_way(data: Path, tmp_path: Path) -> None:
    done = train(data, tmp_path, "--out", str(tmp_path / "tiny"), "--quiet")
    assert done.exit_code == 0
    assert done.stderr == ""


def test_training_twice_gives_the_same_tables(data: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert train(data, tmp_path / name, "--out", str(tmp_path / name / "tiny")).exit_code == 0
    texts = [(tmp_path / name / "tiny" / "model.json").read_text("utf-8") for name in ("a", "b")]
    assert texts[0] == texts[1]


DEFECTS = ("裂纹", "划伤", "气泡", "色差", "缺料", "毛刺", "锈斑", "变形")
PROBLEM = "用线阵相机拍摄产线上的工件，自动识别{}并按等级报警，替代人工抽检；"


def eight_cases() -> Catalogue:
    """Eight invented providers, each with one case of a defect of its own."""
    each = [(f"V{900 + i}", f"C{900 + i}", defect) for i, defect in enumerate(DEFECTS, start=1)]
    capabilities = [
        make_capability(
            capability_id=f"CAP-{provider}-1",
            provider_id=provider,
            name=f"产线{defect}自动检测",
            problem=PROBLEM.format(defect) * 2,
            claims=(),
            case_ids=(case,),
        )
        for provider, case, defect in each
    ]
    cases = [
        make_case(
            case_id=case,
            provider_id=provider,
            what=f"产线{defect}检测上线",
            user_enterprise=f"合成厂{case}",
            need=f"{defect}漏检多，要自动识别{defect}",
        )
        for provider, case, defect in each
    ]
    return make_catalogue(
        providers={p: make_provider(provider_id=p, name=f"合成{p}") for p, _, _ in each},
        capabilities={one.capability_id: one for one in capabilities},
        cases={one.case_id: one for one in cases},
    )


def test_what_a_model_learned_from_cases_is_computed_again(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    data = written(tmp_path / "data", eight_cases())
    models = tmp_path / "models"
    done = train(data, models, "--out", str(models / "tiny"))
    assert done.exit_code == 0, done.stderr
    environ = {"AIPLUS_DATA": str(data), "AIPLUS_DATABASE": str(data / "aiplus.db")}
    words = ["models", "reproduce", "tiny", "--json", "--quiet", "--models", str(models)]
    done = CliRunner(env=environ).invoke(aiplus, words, catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["n_cases"], found["digits"]) == (8, 4)
    assert {"weights", "gate", "calibration"} <= set(found["parts"])
    path = data / "catalogue" / "cases.jsonl"
    path.write_text(path.read_text("utf-8").replace("漏检多", "误检多", 1), "utf-8")
    refused = CliRunner(env=environ).invoke(aiplus, words)
    assert refused.exit_code == 2
    assert "another state of the catalogue" in refused.stderr


def test_a_pack_without_a_training_part_is_refused(data: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused = train(data, tmp_path, "--pack", str(tmp_path / "empty"))
    assert refused.exit_code == 2
    assert "[pack_error]" in refused.stderr
    assert not (tmp_path / "serving.txt").exists()
