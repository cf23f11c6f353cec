"""The report: self-contained pages drawn from a release, readable without any server."""
