"""Declared packages, their two lists of pins, and the version of the project agree.

That every imported package is declared is checked by deptry in `make lint`.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

import yaml

from tests.architecture.repository import ROOT

_PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;]+)", re.MULTILINE)
_HEADING = re.compile(r"^## (\d+\.\d+\.\d+)", re.MULTILINE)


def toml(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / name).read_text(encoding="utf-8"))


def test_requirements_are_the_pins_of_the_lock() -> None:
    """`make lock` and `make requirements` write the second files from the first."""
    own = toml("pyproject.toml")["project"]["name"]
    locked = {
        (package["name"], package["version"])
        for package in toml("uv.lock")["package"]
        if package["name"] != own
    }
    exported = {
        pin
        for name in ("requirements.txt", "requirements-spark.txt")
        for pin in _PIN.findall((ROOT / name).read_text(encoding="utf-8"))
    }
    assert exported == locked, exported ^ locked


def test_packages_of_dagster_are_of_one_version() -> None:
    versions = {package["name"]: package["version"] for package in toml("uv.lock")["package"]}
    family = {
        "dagster", "dagster-dg-cli", "dagster-dg-core", "dagster-graphql", "dagster-shared",
        "dagster-webserver",
    }  # fmt: skip
    assert len({versions[name] for name in family}) == 1, {n: versions[n] for n in family}


def test_one_version_number() -> None:
    version = toml("pyproject.toml")["project"]["version"]
    dbt = yaml.safe_load((ROOT / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8"))
    newest = _HEADING.search((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert newest is not None
    assert (dbt["version"], newest.group(1)) == (version, version)


def test_supported_versions_of_python_are_those_that_are_tested() -> None:
    project = toml("pyproject.toml")["project"]
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    tested = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    named = [text.rpartition(" ")[2] for text in project["classifiers"] if "Python :: 3." in text]
    assert named == tested
    assert project["requires-python"] == f">={tested[0]},<3.{int(tested[-1].split('.')[1]) + 1}"
