"""The pages of the bundled release under axe-core: no violation of its rules.

axe-core is a file for development, not a dependency: `make axe` brings it, `PAX_AXE` names another
place. Where it is absent the test is skipped with a warning.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest

from tests.browser import in_chromium, json_in, with_script
from tests.orchestration.conftest import FinishedRun
from warehouse.report.page_contents import PAGES

pytestmark = pytest.mark.xdist_group("whole_run")

AXE = Path(os.environ.get("PAX_AXE") or Path(__file__).parents[2] / ".axe" / "axe.min.js")
NAMES = ["index", *(page.name for page in PAGES), "data_dictionary"]
#: Only the axe script is added and the policy that would refuse it is taken out of the copy.
RUN = """<script>
axe.run(document, { resultTypes: ["violations"] }).then((found) => {
    const text = document.createElement("script");
    text.type = "application/json";
    text.id = "axe";
    text.textContent = encodeURIComponent(JSON.stringify({
        passes: found.passes.length,
        violations: found.violations.map((v) => [v.id, v.impact,
            v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200))]),
    }));
    document.body.append(text);
});
</script>"""


@pytest.mark.parametrize("scheme", ["1", "0"], ids=["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_no_axe_violation(
    whole_run: FinishedRun, tmp_path: Path, name: str, scheme: str
) -> None:
    if not AXE.is_file():
        why = f"axe-core is not at {AXE}: accessibility was not checked (make axe brings it)"
        warnings.warn(why, stacklevel=2)
        pytest.skip(why)
    folder = "docs" if name == "data_dictionary" else "report"
    page = whole_run.paths.current.resolve() / folder / f"{name}.html"
    axe = AXE.read_text(encoding="utf-8").replace("</script", "<\\/script")
    copy = with_script(page, tmp_path / "page.html", f"<script>{axe}</script>{RUN}")
    dom, _, _ = in_chromium(
        tmp_path, copy, f"--blink-settings=preferredColorScheme={scheme}",
        "--virtual-time-budget=30000",
    )  # fmt: skip
    result = json_in(dom, "axe")
    assert result["passes"] > 10
    assert result["violations"] == []
