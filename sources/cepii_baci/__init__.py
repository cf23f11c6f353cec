"""CEPII BACI: reconciled bilateral trade flows by HS6, year and pair of countries."""
