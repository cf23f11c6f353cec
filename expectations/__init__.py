"""Checks of landed tables and of marts, with Great Expectations."""

import os

# Great Expectations reads it when it is imported; nothing here may report to anybody.
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
