import subprocess
import pytest
from tests.orchestration.conftest import FinishedRun
from warehouse.paths import DataPaths
from tests.orchestration.test_clients import *  # noqa
from tests.orchestration.test_clients import pytestmark  # noqa
@pytest.fixture(scope="session")
def harlequin():
    from pathlib import Path
    return Path("/tmp/w/i16_harl/bin")
@pytest.fixture(scope="session")
def whole_run():
    return FinishedRun(DataPaths.at("/tmp/w/s4_pg-data"), subprocess.CompletedProcess([], 0, "", ""))
