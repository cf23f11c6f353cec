"""Rows per landed table and partition, as the bundles have them."""
