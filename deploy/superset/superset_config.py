"""Settings of a Superset on this machine alone; `start.py` sets the folder and makes the key."""

import os
from pathlib import Path

from superset.config import TALISMAN_CONFIG

_FOLDER = Path(os.environ["PAX_SUPERSET_FOLDER"])

SECRET_KEY = (_FOLDER / "secret_key").read_text(encoding="utf-8")
#: Superset's own store: users, charts, dashboards; no figures.
SQLALCHEMY_DATABASE_URI = f"sqlite:///{_FOLDER / 'superset.db'}"
#: Browsers refuse the pixel by which Superset counts its installations.
_CSP = TALISMAN_CONFIG["content_security_policy"]
TALISMAN_CONFIG = {
    **TALISMAN_CONFIG,
    "content_security_policy": {**_CSP, "img-src": ["'self'", "blob:", "data:"]},
}
#: A release is read-only and its charts are quick: answers are not kept, so that the next release
#: is seen at once.
CACHE_CONFIG = DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
