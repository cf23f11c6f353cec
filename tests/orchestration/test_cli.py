"""The command line: help, exit codes, formats, and errors that name the remedy."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app
from orchestration.cli.run_parameters import parameters
from orchestration.errors import UsageError
from sources.kit.catalog import catalog
from tests.orchestration.conftest import FinishedRun, Pax
from tests.orchestration.test_acceptance import wgi_file
from warehouse.paths import PROJECT, DataPaths
from warehouse.storage.landing import land_bundle, land_files, raw_path
from warehouse.storage.load_records import write_accepted

Patch = pytest.MonkeyPatch
COMMANDS = ("run", "status", "query", "scenario", "land", "validate", "exposure", "candidates",
            "policy", "publish", "releases", "doctor", "verify", "clean", "dev", "docs",
            "env")  # fmt: skip


def invoke(*words: str, stdin: str | None = None) -> tuple[int, str]:
    """The command in this process: exit code and everything printed."""
    done = CliRunner().invoke(app, list(words), input=stdin)
    return done.exit_code, done.output


def test_help_names_every_command_and_the_exit_codes() -> None:
    code, text = invoke("--help")
    assert code == 0
    assert all(command in text for command in COMMANDS)
    assert "Exit codes" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_helps_with_an_example(command: str) -> None:
    code, text = invoke(command, "--help")
    assert code == 0
    assert f"pax {command}" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["frobnicate"], "No such command"),
        (["run", "--as-known-on", "yesterday"], "not a date"),
        (["run", "--as-known-on", "9000-01-01"], "lies in the future"),
        (["run", "--as-of", "tomorrow"], "not a date"),
        (["run", "--activate"], "add --as-known-on"),
        (["query", "select 1", "--release", "2025"], "0 releases begin with '2025'"),
        (["query", "select 1", "--release", "2025", "--working"], "leave out one of them"),
        (["run", "--source", "nobody"], "choose one of"),
        (["run", "--engine", "flink"], "choose one of: duckdb, spark"),
        (["run", "--engine", "spark", "--select", "dim_country"], "leave out --select"),
        (["run", "--live", "--source", "un_hs"], "cannot be asked live"),
        (["run", "--live", "--partition", "A2024"], "--source NAME --partition A2024"),
        (["query", "select 1"], "nothing is published"),
        (["query", "select 1", "--working"], "no working database"),
        (["query", "select 1", "--format", "xml"], "choose one of: table, csv, json, parquet"),
        (["land"], "which source?"),
        (["land", "nobody", "x.csv"], "no such source"),
        (["land", "usgs_mcs"], "known layouts"),
        (["land", "usgs_mcs", "not-there.csv"], "no such file"),
        (["land", "usgs_mcs", "--undo", "1999"], "no landed partition"),
        (["publish"], "not built by a whole run"),
        (["publish", "--rollback"], "no release"),
        (["publish", "2026-07"], "--rollback"),
    ],
)
def test_wrong_use_says_what_to_do(data_dir: DataPaths, words: list[str], said: str) -> None:
    done = CliRunner().invoke(app, words)
    assert done.exit_code in (1, 2)
    assert said in done.output
    assert "Traceback" not in done.output


def test_wrong_use_is_two(data_dir: DataPaths) -> None:
    assert invoke("frobnicate")[0] == 2
    assert invoke("query", "select 1")[0] == 2
    assert invoke("land", "nobody", "x")[0] == 2
    assert invoke("run", "--as-known-on", "9000-01-01")[0] == 2
    assert invoke("query", "select 1", "--release", "2025")[0] == 2


def test_a_knowledge_day_may_be_today_and_not_tomorrow() -> None:
    today = date(2026, 11, 23)
    assert parameters(as_known_on="2026-11-23", today=today).as_known_on == "2026-11-23"
    with pytest.raises(UsageError, match="2026-11-24 lies in the future") as raised:
        parameters(as_known_on="2026-11-24", today=today)
    assert raised.value.exit_code == 2
    assert "give 2026-11-23 or an earlier day" in raised.value.remedy


def test_a_history_begins_with_a_year_or_a_month() -> None:
    asked = {"live": True, "sources": ["uk_hmrc"]}
    assert parameters(since="2017", **asked).since == "201701"
    assert parameters(since="2017-03", **asked).since == "201703"
    with pytest.raises(UsageError, match="is no month"):
        parameters(since="201713", **asked)
    with pytest.raises(UsageError, match="worldbank_wgi cannot be asked by month"):
        parameters(since="2017", live=True, sources=["worldbank_wgi"])
    with pytest.raises(UsageError, match="--since is for publishers"):
        parameters(since="2017")


def test_only_a_run_of_an_earlier_day_is_published_beside() -> None:
    assert parameters().is_for_current
    assert parameters(as_of="2025-06-30").is_for_current
    assert not parameters(as_known_on="2025-06-30").is_for_current
    assert parameters(as_known_on="2025-06-30", activate=True).is_for_current


def test_status_and_doctor_in_an_empty_data_directory(data_dir: DataPaths) -> None:
    code, text = invoke("status")
    assert code == 0
    assert "nothing yet" in text
    assert all(source in text for source in catalog())
    code, text = invoke("doctor")
    assert code == 0
    for what in ("python", "packages", "disk", "lock", "bundled figures", "release"):
        assert what in text


def test_doctor_fails_where_nothing_can_be_written(tmp_path: Path, monkeypatch: Patch) -> None:
    blocking_file = tmp_path / "file"
    blocking_file.write_text("not a folder")
    monkeypatch.setenv("PAX_HOME", str(blocking_file / "data"))
    code, text = invoke("doctor")
    assert code == 1
    assert "set PAX_HOME to a folder you may write" in text


def test_doctor_sees_a_damaged_working_database(data_dir: DataPaths) -> None:
    data_dir.working.mkdir()
    data_dir.database.write_bytes(b"this is no database" * 1000)
    code, text = invoke("doctor")
    assert code == 0
    assert "builds it again" in text


def test_help_starts_at_once() -> None:
    """Nothing heavy is loaded for help: the modules prove it, a clock would be noise."""
    code = (
        "import sys, orchestration.cli.app as c\n"
        "heavy = {'dagster', 'dbt', 'great_expectations', 'pandas', 'duckdb', 'pyarrow'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.xdist_group("whole_run")
class TestAfterARun:
    """What a person asks once something is published."""

    SQL = "select release_id, n_marts from marts.publish_info"

    def test_formats(self, whole_run: FinishedRun, tmp_path: Path) -> None:
        release = whole_run.paths.current.resolve().name
        table = whole_run.pax("query", self.SQL)
        assert release in table.stdout
        rows = list(csv.reader(io.StringIO(whole_run.pax("query", self.SQL, "-f", "csv").stdout)))
        assert rows[0] == ["release_id", "n_marts"]
        assert rows[1][0] == release
        answer = json.loads(whole_run.pax("query", self.SQL, "--format", "json").stdout)
        assert answer[0]["release_id"] == release
        file = tmp_path / "answer.parquet"
        done = whole_run.pax("query", self.SQL, "--format", "parquet", "--output", str(file))
        assert done.returncode == 0, done.stderr
        assert pq.read_table(file)["release_id"].to_pylist() == [release]
        about = pq.read_metadata(file).metadata
        manifest = json.loads((whole_run.paths.current / "manifest.json").read_text("utf-8"))
        assert about[b"release_id"].decode() == release
        assert all(s["attribution"] in about[b"attribution"].decode() for s in manifest["sources"])
        assert whole_run.pax("query", self.SQL, "--format", "parquet").returncode == 2

    def test_sql_from_a_file_and_from_stdin(
        self, whole_run: FinishedRun, tmp_path: Path, monkeypatch: Patch
    ) -> None:
        monkeypatch.setenv("PAX_HOME", str(whole_run.paths.data_dir))
        file = tmp_path / "question.sql"
        file.write_text(self.SQL)
        assert invoke("query", str(file))[0] == 0
        code, text = invoke("query", "-", "-f", "csv", stdin=self.SQL)
        assert code == 0
        assert text.startswith("release_id,n_marts")

    def test_errors_list_the_tables(self, whole_run: FinishedRun, monkeypatch: Patch) -> None:
        monkeypatch.setenv("PAX_HOME", str(whole_run.paths.data_dir))
        code, text = invoke("query", "select * from marts.no_such_table")
        assert code == 2
        assert "publish_info" in text
        assert "Traceback" not in text
        code, text = invoke("query", "selct 1")
        assert code == 2
        assert "Parser" in text or "syntax" in text

    @pytest.mark.parametrize(
        "sql",
        [
            "drop table marts.publish_info",
            "create table x as select 1",
            "select * from read_csv('/etc/passwd')",
            "copy marts.publish_info to 'out.csv'",
            "set enable_external_access = true",
            "attach 'other.duckdb'",
            "install httpfs",
        ],
    )
    def test_query_is_hardened(self, whole_run: FinishedRun, monkeypatch: Patch, sql: str) -> None:
        monkeypatch.setenv("PAX_HOME", str(whole_run.paths.data_dir))
        code, text = invoke("query", sql)
        assert code == 2, text

    def test_status_doctor_and_list(self, whole_run: FinishedRun, monkeypatch: Patch) -> None:
        monkeypatch.setenv("PAX_HOME", str(whole_run.paths.data_dir))
        release = whole_run.paths.current.resolve().name
        assert release in invoke("status")[1]
        code, text = invoke("doctor")
        assert code == 0, text
        assert release in text
        assert release in invoke("publish", "--list")[1]

    def test_verify_compares_what_is_stored(
        self, whole_run: FinishedRun, monkeypatch: Patch
    ) -> None:
        monkeypatch.setenv("PAX_HOME", str(whole_run.paths.data_dir))
        code, text = invoke("verify")
        assert code == 0, text
        assert "every file has its hash" in text
        assert "partitions are as they landed" in text

    def test_query_shows_at_most_a_screen(self, whole_run: FinishedRun, monkeypatch: Patch) -> None:
        monkeypatch.setenv("PAX_HOME", str(whole_run.paths.data_dir))
        text = invoke("query", "select * from range(500)")[1]
        assert "the first 100 rows" in text


def test_verify_names_what_was_changed(data_dir: DataPaths) -> None:
    land_bundle(catalog()["worldbank_wgi"], data_dir)
    assert invoke("verify")[0] == 0
    file = data_dir.landing / "worldbank_wgi" / "indicators" / "2024.parquet"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    raw = data_dir.raw / "ab" / ("ab" * 32)
    raw.parent.mkdir(parents=True)
    raw.write_bytes(b"not what its name says")
    for command in ("verify", "doctor"):
        code, text = invoke(command)
        assert code == 1
        assert "2024: indicators differs from its hash" in text
        assert f"{raw} differs from its name" in text


def test_clean_removes_what_nothing_refers_to(data_dir: DataPaths) -> None:
    spec = catalog()["worldbank_wgi"]
    in_use, replaced = wgi_file(), wgi_file(n_countries=150)
    land_files(spec, [replaced], "manual", data_dir)
    write_accepted(data_dir, spec.source_id, [])  # no check has passed it: it does not come back
    land_files(spec, [in_use], "manual", data_dir)
    processed = data_dir.inbox / "worldbank_wgi" / ".processed" / "old.csv"
    processed.parent.mkdir(parents=True)
    processed.write_text("x" * 1000)

    code, text = invoke("clean", "--days", "0", "--dry-run")
    assert code == 0, text
    assert "2 files and 0 runs older than 0 days; dry run" in text
    assert raw_path(data_dir, replaced.sha256).is_file()
    assert "0 files" in invoke("clean")[1], "nothing is so old"
    assert invoke("clean", "--days", "0")[0] == 0
    assert not raw_path(data_dir, replaced.sha256).exists()
    assert raw_path(data_dir, in_use.sha256).is_file()
    assert not processed.exists()
    assert "raw 0, landing" in invoke("status")[1]


def test_waiting_files_are_named(data_dir: DataPaths) -> None:
    inbox = data_dir.inbox / "usgs_mcs"
    inbox.mkdir(parents=True)
    (inbox / "MCS2027.csv").write_text("x")
    assert "1 in inbox/usgs_mcs" in invoke("status")[1]


def test_ctrl_c_while_starting_is_130(pax: Pax, data_dir: DataPaths) -> None:
    import signal

    environment = {**os.environ, "PAX_HOME": str(data_dir.data_dir), "NO_COLOR": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli.app", "run"], cwd=PROJECT, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert "prepare" in process.stdout.readline()
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130, said
    assert "as it was" in said
    assert not data_dir.current.exists()
