"""Tests of the Harmonized System lists."""
