"""The report: self-contained HTML pages rendered from a release, readable without a server."""
