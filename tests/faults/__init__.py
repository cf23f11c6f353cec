"""Faults of the machine while the warehouse works."""
