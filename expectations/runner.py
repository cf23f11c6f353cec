"""The only place that talks to Great Expectations: it judges suites and returns plain verdicts.

An exception inside GX is an error of the suite (`ExpectationError`), never a verdict on the data.
Whether a verdict blocks is decided by its severity, not by GX's overall `success`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from html import escape
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import orjson
import pandas as pd

from expectations.check_result import CheckResult, ExpectationError
from expectations.default_expectations import arrival_facts, departure_facts
from expectations.measured import has_view, measured, rows_of, with_facts
from expectations.suites import CRITICAL, Rule, Suite, load_suites
from expectations.views import arrival_views, departure_views
from sources.kit.catalog import catalog
from warehouse.paths import DBT_PROJECT, DataPaths

ARRIVALS, DEPARTURES = "sources", "marts"


def list_subjects(stage: str) -> list[str]:
    """What a stage checks: `usgs_mcs.world` for stage `sources`, mart names for stage `marts`.

    Read from `source.yml` and from the folder of the marts; does not import Great Expectations.
    """
    if stage == ARRIVALS:
        return [f"{name}.{table}" for name, spec in catalog().items() for table in spec.tables]
    return sorted(path.stem for path in (DBT_PROJECT / "models" / "marts").glob("*/*.sql"))


def run_checkpoint(
    paths: DataPaths, stage: str, subjects: Sequence[str] | None = None
) -> dict[str, list[CheckResult]]:
    """Validate landed tables (`sources`) or exported marts (`marts`), all of them by default.

    Writes `paths.check_results/<stage>/<subject>.json` and returns the results per subject.

    Raises:
        ExpectationError: an expectation could not be evaluated; says nothing about the data.
    """
    results = {}
    for subject in list_subjects(stage) if subjects is None else subjects:
        name, _, table = subject.partition(".")
        found = validate(paths, stage, name, table or None)
        results[subject] = [CheckResult(**result) for result in found]
    return results


def build_data_docs(paths: DataPaths, folder: Path) -> None:
    """Write the check results of a run as HTML pages that need no network into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = "".join(
        f"<tr><td>{escape(path.parent.name)}</td><td>{escape(path.stem)}</td>"
        f"<td>{sum(r['passed'] for r in results)} of {len(results)} passed</td></tr>\n"
        for path in sorted(paths.check_results.glob("*/*.json"))
        for results in [orjson.loads(path.read_bytes())]
    )
    page = f"<!doctype html><title>Data Docs</title><table>\n{rows}</table>\n"
    (folder / "index.html").write_text(page, encoding="utf-8")


def validate(
    paths: DataPaths, stage: str, name: str, table: str | None = None
) -> list[dict[str, Any]]:
    """The verdicts on a mart, or on the landed tables of a source (`table`: one of them); also
    written to `verdicts/<stage>/<subject>.json` of the working folder."""
    suites = load_suites(stage, name)
    chosen = [s for s in suites if table is None or s.subject == f"{name}.{table}"]
    verdicts = []
    for suite in chosen:
        views = arrival_views if stage == ARRIVALS else departure_views
        with views(paths, suite) as connection:
            judged = [asdict(v) for v in validate_suite(suite, stage, name, connection)]
        write_verdicts(paths, stage, suite.subject, judged)
        verdicts += judged
    return verdicts


def warm_up() -> None:
    """Import Great Expectations before the first suite asks for it (2 to 4 seconds)."""
    _batch_definition()


def write_verdicts(
    paths: DataPaths, stage: str, subject: str, verdicts: Sequence[Mapping[str, Any]]
) -> None:
    path = paths.check_results / stage / f"{subject}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(list(verdicts), default=str, option=orjson.OPT_INDENT_2))


def validate_suite(
    suite: Suite, stage: str, name: str, connection: duckdb.DuckDBPyConnection
) -> list[CheckResult]:
    """Judge a suite on a connection that has its views. Without the columns nothing else is
    judged: the rest would only fail for the same reason."""
    schema = _schema_verdict(suite, stage, name, connection)
    if not schema.passed:
        return [schema]
    has_previous = has_view(connection, "previous")
    common = arrival_facts(suite) if stage == ARRIVALS else departure_facts(suite, has_previous)
    numbers = [measured(fact, suite, stage, connection) for fact in (*common, *suite.facts)]
    # NULL: there is nothing to judge, and GX would call it a failure
    known = [m for m in numbers if m.value is not None]
    rows = rows_of(suite, connection)
    rules = suite.rules if len(rows) else ()
    # rules and facts in one validation: each costs a fixed price, whatever it validates
    asked = [*(m.rule for m in known), *rules]
    judged = _judge_frame(asked, with_facts(rows, known), suite, stage, name)
    passed = {m.fact.name: v.passed for m, v in zip(known, judged, strict=False)}
    facts = [m.verdict(suite, stage, name, passed.get(m.fact.name, True)) for m in numbers]
    return [schema, *facts, *judged[len(known) :]]


def _schema_verdict(
    suite: Suite, stage: str, name: str, connection: duckdb.DuckDBPyConnection
) -> CheckResult:
    """Two lists of names are compared here; only when they differ does GX say how."""
    columns = [row[0] for row in connection.execute("describe data").fetchall()]
    wanted = list(suite.columns)
    if stage == ARRIVALS:
        rule = Rule(
            "ExpectTableColumnsToMatchOrderedList",
            {"column_list": wanted},
            "a landed table has the columns of source.yml, in their order",
        )
        passed = columns == wanted
    else:
        rule = Rule(
            "ExpectTableColumnsToMatchSet",
            {"column_set": wanted, "exact_match": False},
            "columns that readers rely on are there",
        )
        passed = set(wanted) <= set(columns)
    if not passed:
        (verdict,) = _judge_frame([rule], pd.DataFrame(columns=columns), suite, stage, name)
        return verdict
    return CheckResult(
        stage=stage,
        suite=name,
        subject=suite.subject,
        expectation=rule.text,
        severity=rule.severity,
        passed=True,
        observed=columns if stage == ARRIVALS else sorted(columns),
        notes=rule.notes,
        n_rows=None,
        sample=None,
    )


def _judge_frame(
    rules: Sequence[Rule], frame: pd.DataFrame, suite: Suite, stage: str, name: str
) -> list[CheckResult]:
    """One verdict per rule, in their order."""
    if not rules:
        return []
    gx = _great_expectations()
    expectations = []
    for number, rule in enumerate(rules):
        arguments = {**rule.arguments, "severity": rule.severity, "notes": rule.notes}
        try:
            made = getattr(gx.expectations, rule.expectation)(**arguments, meta={"number": number})
        except (AttributeError, TypeError, ValueError) as error:
            raise ExpectationError(stage, suite.subject, rule.text, str(error)) from error
        expectations.append(made)
    batch = _batch_definition().get_batch({"dataframe": frame})
    result = batch.validate(
        gx.ExpectationSuite(name=suite.subject, expectations=expectations), result_format="BASIC"
    )
    by_number = {r.expectation_config.meta["number"]: r for r in result.results}
    return [
        _verdict(rule, by_number[number], suite, stage, name) for number, rule in enumerate(rules)
    ]


def _verdict(rule: Rule, result: Any, suite: Suite, stage: str, name: str) -> CheckResult:
    if why := _exception(result.exception_info):
        raise ExpectationError(stage, suite.subject, rule.text, why)
    details = result.result or {}
    observed = details.get("observed_value")
    n_bad = details.get("unexpected_count")
    if observed is None and n_bad is not None:
        observed = f"{n_bad} of {details.get('element_count')} rows"
    return CheckResult(
        stage=stage,
        suite=name,
        subject=suite.subject,
        expectation=rule.text,
        severity=rule.severity or CRITICAL,
        passed=bool(result.success),
        observed=observed,
        notes=rule.notes,
        n_rows=n_bad,
        sample=list(details.get("partial_unexpected_list") or ())[:5] or None,
    )


def _exception(info: Mapping[str, Any] | None) -> str:
    """GX says `raised_exception` at the top, or one entry per metric that broke."""
    if not info:
        return ""
    entries = [info] if "raised_exception" in info else list(info.values())
    broken = [e for e in entries if isinstance(e, Mapping) and e.get("raised_exception")]
    return str(broken[0].get("exception_message")) if broken else ""


#: GX imports them for charts and for tests of distributions: a third of its own import.
_UNUSED = ("altair", "scipy.stats")


class _Later(ModuleType):
    """Stands for a module until one of its attributes is asked for."""

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return getattr(import_module(self.__name__), attribute)


@lru_cache(maxsize=1)
def _great_expectations() -> Any:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read at import time
    later = {name: _Later(name) for name in _UNUSED if name not in sys.modules}
    sys.modules.update(later)
    try:
        import great_expectations as gx
        import great_expectations.expectations
    finally:
        for name in later:
            del sys.modules[name]
    return gx


@lru_cache(maxsize=1)
def _batch_definition() -> Any:
    gx = _great_expectations()
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    frames = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
    return frames.add_batch_definition_whole_dataframe("whole")
