"""`pax policy`: an event is checked before it is written, and written only without mistakes."""

from __future__ import annotations

import io
import shutil
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import policy_register
from orchestration.cli.app import app
from orchestration.errors import UsageError
from warehouse.registers import policy_rows

TODAY = date(2026, 11, 30)
EVENT = (
    "event_id=ZMB-2026-11-CU-DUTY", "announced_date=2026-11-20", "effective_date=2026-12-01",
    "duration_days=150", "issuer_ids=ZMB", "target_ids=ALL", "measure_type=export tax",
    "direction=restrictive", "item_labels=copper", "hs6_codes=740311", "hs6_basis=stated",
    "title=Duty of 150 days on cathode", "source_title=Gazette",
    "source_url=https://example.org/gazette", "verified_via=page", "confidence=medium",
)  # fmt: skip


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    return Path(shutil.copytree(policy_rows.SEEDS, tmp_path / "seeds"))


def add(*cells: str, seeds: Path, file: Path | None = None, only_check: bool = False) -> str:
    text = io.StringIO()
    policy_register.add(
        cells, file, Console(file=text, width=200), only_check=only_check, today=TODAY, seeds=seeds
    )
    return text.getvalue()


def n_events(seeds: Path) -> int:
    return len(policy_rows.read_registers(seeds)["policy_register"])


def test_an_event_without_mistakes_is_added(seeds: Path) -> None:
    before = n_events(seeds)
    assert "nothing was written" in add(*EVENT, seeds=seeds, only_check=True)
    assert n_events(seeds) == before
    assert "ZMB-2026-11-CU-DUTY" in add(*EVENT, seeds=seeds)
    row = policy_rows.read_registers(seeds)["policy_register"][-1]
    assert (row["known_from_date"], row["known_from_basis"]) == ("2026-11-20", "announced")


def test_a_file_of_events_is_added_whole_or_not_at_all(seeds: Path, tmp_path: Path) -> None:
    before = n_events(seeds)
    names = [cell.partition("=")[0] for cell in EVENT]
    values = [cell.partition("=")[2] for cell in EVENT]
    good, bad = ",".join(values), ",".join(["ZMB-2026-11-OTHER", *values[1:4], "XXX", *values[5:]])
    file = tmp_path / "events.csv"
    file.write_text("\n".join([",".join(names), good, bad]), encoding="utf-8")
    with pytest.raises(UsageError, match="1 mistakes in 2 events; nothing was added"):
        add(seeds=seeds, file=file)
    assert n_events(seeds) == before
    file.write_text("\n".join([",".join(names), good]), encoding="utf-8")
    add(seeds=seeds, file=file)
    assert n_events(seeds) == before + 1


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ((), "as field=value, or as a file"),
        (("event=A",), "is no field=value"),
        (("event_id",), "is no field=value"),
        ((*EVENT, "known_from_date=2026-12-24"), "mistakes"),
        ((*EVENT, "confidence=sure"), "mistakes"),
    ],
)
def test_a_wrong_event_is_refused(seeds: Path, cells: tuple[str, ...], message: str) -> None:
    before = n_events(seeds)
    with pytest.raises(UsageError, match=message):
        add(*cells, seeds=seeds)
    assert n_events(seeds) == before


def test_the_table_names_event_field_and_remedy() -> None:
    done = CliRunner().invoke(app, ["policy", "add", "--check", *EVENT, "measure_type=tax"])
    assert done.exit_code == 2
    line = next(line for line in done.output.splitlines() if "measure_type" in line)
    assert "ZMB-2026-11-CU-DUTY" in line
    assert "add it to measure_severity.csv" in line


def test_the_registers_of_the_checkout_have_no_mistake() -> None:
    done = CliRunner().invoke(app, ["policy", "check"])
    assert done.exit_code == 0, done.output
