"""`pax query`: limits, Ctrl-C, several statements, and values that are not harmless."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app
from orchestration.cli.query_output import guarded, printable, unique_names
from tests.orchestration.conftest import variables
from tests.orchestration.test_cli import Patch, invoke
from warehouse.paths import PROJECT, DataPaths

ENDLESS = "with recursive t(i) as (select 1 union all select i + 1 from t) select count(*) from t"


@pytest.fixture
def working(data_dir: DataPaths, monkeypatch: Patch) -> DataPaths:
    """A working database, which `--working` asks."""
    data_dir.working.mkdir()
    with duckdb.connect(str(data_dir.database)) as connection:
        connection.execute("create schema marts; create table marts.t as select 1 as a")
    monkeypatch.setenv("PAX_HOME", str(data_dir.data_dir))
    return data_dir


def ask(*words: str) -> tuple[int, str]:
    return invoke("query", "--working", *words)


def test_query_ends_at_its_time_limit(working: DataPaths) -> None:
    begun = time.monotonic()
    code, text = ask(ENDLESS, "--timeout", "0.5")
    assert code == 1
    assert "longer than 0.5 s" in text
    assert "--timeout SECONDS" in text
    assert time.monotonic() - begun < 30


def test_query_ends_at_its_memory_limit(working: DataPaths) -> None:
    code, text = ask("select count(distinct range) from range(30000000)", "--memory", "50MB")
    assert code == 1
    assert "more than 50MB of memory" in text
    assert ask("select 1", "--memory", "much")[0] == 2


def test_ctrl_c_ends_a_query(working: DataPaths) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli.app", "query", "--working", ENDLESS],
        cwd=PROJECT, env=variables(working.data_dir), stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    time.sleep(3)
    for _ in range(20):  # while it imports, an interrupt may come too early to be a query's
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGINT)
        time.sleep(1)
    assert process.wait(timeout=30) in (130, -signal.SIGINT)


def test_torn_database_is_reported_with_its_remedy(working: DataPaths) -> None:
    content = working.database.read_bytes()
    for torn in (content[: len(content) // 2], b"\1" * 10_000, b""):
        working.database.write_bytes(torn)
        code, text = ask("select * from marts.t")
        if torn:
            assert code == 1
            assert "cannot be opened" in text
            assert "pax run --force" in text
        assert "mistake of the program" not in text


def ask_apart(*words: str) -> tuple[str, str]:
    """The answer on stdout, and the notes on stderr."""
    done = CliRunner().invoke(app, ["query", "--working", *words])
    assert done.exit_code == 0, done.output
    return done.stdout, done.stderr


def test_of_several_statements_the_last_is_answered(working: DataPaths) -> None:
    answer, notes = ask_apart(
        "create temp table x as select 7 as i; select i from x;", "-f", "json"
    )
    assert json.loads(answer) == [{"i": 7}]
    assert "of 2 statements the last one is answered" in notes
    assert ask_apart("select 7 as i;", "-f", "json")[1] == ""


def test_the_name_of_the_file_decides_the_format(working: DataPaths, tmp_path: Path) -> None:
    for name in ("x.parquet", "x.csv", "x.json", "x.txt", "y.PARQUET"):
        ask_apart("select 1 as a, 'b' as c", "-o", str(tmp_path / name))
    for name in ("x.parquet", "y.PARQUET"):
        assert pq.read_table(tmp_path / name).to_pylist() == [{"a": 1, "c": "b"}]
    assert (tmp_path / "x.csv").read_text() == "a,c\n1,b\n"
    assert json.loads((tmp_path / "x.json").read_text()) == [{"a": 1, "c": "b"}]
    assert (tmp_path / "x.txt").read_text().splitlines()[0].split() == ["a", "c"]
    ask_apart("select 1 as a", "-f", "csv", "-o", str(tmp_path / "z.parquet"))
    assert (tmp_path / "z.parquet").read_text() == "a\n1\n", "what is asked for goes first"


@pytest.mark.parametrize(
    "sql", ["-- how many\nselect 41 + 1 as n", "--how many\nselect 42 as n", "--\nselect 42 as n"]
)
def test_sql_may_begin_with_a_comment(working: DataPaths, sql: str) -> None:
    for words in ((sql, "--format", "json"), ("--format", "json", sql), ("-f", "json", "--", sql)):
        code, text = ask(*words)
        assert code == 0, text
        assert json.loads(text) == [{"n": 42}]
    assert "No such option" in ask("--frmat", "json", "select 1")[1]


def test_columns_of_one_name_are_kept(working: DataPaths, tmp_path: Path) -> None:
    sql, file = "select 1 as a, 2 as a, 3 as a_1", tmp_path / "x.parquet"
    answer, notes = ask_apart(sql, "-f", "json")
    assert json.loads(answer) == [{"a": 1, "a_1": 2, "a_1_1": 3}]
    assert "another column is called a: this one is a_1" in notes
    assert ask_apart("select 1 as a, 2 as b", "-f", "json")[1] == ""
    assert ask(sql, "-f", "parquet", "-o", str(file))[0] == 0
    assert pq.read_table(file).to_pylist() == [{"a": 1, "a_1": 2, "a_1_1": 3}]
    assert unique_names(["a", "b", "a", "a"]) == ["a", "b", "a_1", "a_2"]


def test_control_characters_do_not_reach_the_terminal(working: DataPaths) -> None:
    text = ask("select chr(27) || '[31mred' as x")[1]
    assert "\x1b" not in text
    assert "\\x1b[31mred" in text
    assert printable("a\tb\nc\x9bd") == "a\tb\nc\\x9bd"


def test_csv_guards_formulas(working: DataPaths) -> None:
    text = ask("select '=1+1' as a, '-' as b, -5 as c, '@x' as d", "-f", "csv")[1]
    assert text.splitlines() == ["a,b,c,d", "'=1+1,-,-5,'@x"]
    assert guarded("+1") == "'+1"
    assert guarded(None) is None


def test_nothing_is_written_into_a_release(working: DataPaths) -> None:
    folder = working.releases / "r"
    folder.mkdir(parents=True)
    working.current.symlink_to(folder)
    for place in (folder / "x.csv", working.current / "x.csv"):
        code, text = ask("select 1", "-f", "csv", "-o", str(place))
        assert code == 2
        assert "a release never changes" in text
    assert list(folder.iterdir()) == []


def test_query_that_fails_leaves_no_file(working: DataPaths, tmp_path: Path) -> None:
    sql = "select case when range < 50000 then 1 else error('late') end as x from range(100000)"
    for kind in ("csv", "parquet"):
        code, text = ask(sql, "-f", kind, "-o", str(tmp_path / "x"))
        assert code == 2
        assert "DuckDB refused the query" in text
        assert "late" in text
    long = "select range as a, hash(range) as b from range(2000000000)"
    code, text = ask(long, "-f", "parquet", "-o", str(tmp_path / "x"), "--timeout", "1")
    assert code == 1
    assert "longer than 1 s" in text
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == []
