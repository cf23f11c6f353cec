"""Every YAML file loads with the safe loader that other tools use, not only with dbt's own."""

from __future__ import annotations

import yaml

from tests.architecture.repository import relative, tracked


def test_every_yaml_file_loads_safely() -> None:
    files = tracked(".yml", ".yaml")
    assert len(files) > 50
    wrong = []
    for path in files:
        try:
            list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
        except yaml.YAMLError as error:
            wrong.append(f"{relative(path)}: {' '.join(str(error).split())}")
    assert not wrong, "\n".join(wrong)
