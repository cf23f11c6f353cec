"""Fixture data of five countries, small enough for a worked example: see `README.md`."""
