"""Keys of the user, which come from environment variables and appear in no message."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from urllib.parse import quote, quote_plus

#: Variables that hold a key, by their name: CENSUS_API_KEY, PAX_COMTRADE_KEY, ….
_NAME = re.compile(r"(?:KEY|TOKEN|SECRET|PASSWORD)$")
#: A shorter value is no key, and may be a part of any word.
_LEAST_LENGTH = 6


def redact_secrets(text: str, environ: Mapping[str, str] | None = None) -> str:
    """`text` with `***` for the value of every variable that holds a key, also where a publisher
    repeats it bare or encoded for a URL."""
    for name, value in (os.environ if environ is None else environ).items():
        secret = value.strip()
        if _NAME.search(name) and len(secret) >= _LEAST_LENGTH:
            for form in {secret, quote(secret), quote_plus(secret)}:
                text = text.replace(form, "***")
    return text
