"""The Harmonized System as the United Nations list it: codes, conversions, correlations."""
