"""Safe HTML: escaped data, and a content security policy that allows only the page's own code."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"


def safe_json(value: object) -> Markup:
    """JSON that cannot close the script element that contains it.

    Raises:
        ValueError: the value refers to itself.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def digest(text: str) -> str:
    """The hash by which a content security policy allows an inline script or style."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def policy(scripts: Sequence[str], styles: Sequence[str]) -> Markup:
    """The content security policy: nothing is loaded, only these scripts and styles apply."""
    script = " ".join(map(digest, scripts)) or "'none'"
    return Markup(
        f"default-src 'none'; script-src {script}; style-src {' '.join(map(digest, styles))};"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )


def read_scripts(*names: str) -> list[Markup]:
    """The vendored chart library, then scripts of `templates/`."""
    places = [HERE / "vendor" / "echarts.min.js", *(TEMPLATES / name for name in names)]
    return [Markup(place.read_text(encoding="utf-8")) for place in places]


def _as_share(value: float | None) -> str:
    return "no data" if value is None else f"{value:.0%}"


def _as_day(value: object) -> str:
    """A date like 12 Dec 2025; `latest` for the open end, a dash for none."""
    if value is None or value == "":
        return "–"
    day = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    return "latest" if day.year == 9999 else f"{day.day} {day:%b %Y}"


def _as_band(value: float | None, low: float | None, high: float | None) -> str:
    """A share with its band, like `61 % (58–64 %)`; no band where it is narrower than a point."""
    share = _as_share(value)
    if low is None or high is None or high - low < 0.005:
        return share
    return f"{share} ({low * 100:.0f}–{high:.0%})"


def _as_points(value: float | None) -> str:
    """A difference of shares in percentage points, like `-3.2`; a dash where it is unknown."""
    if value is None:
        return "–"
    return f"{value * 100:+.1f}" if value else "0"


def environment() -> Environment:
    """The Jinja environment: autoescaped, undefined names are errors."""
    jinja = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.filters |= {
        "share": _as_share,
        "band": _as_band,
        "points": _as_points,
        "day": _as_day,
        "thousands": lambda n: f"{n:,}",
    }
    return jinja
