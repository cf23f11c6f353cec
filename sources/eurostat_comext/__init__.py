"""Eurostat Comext: what EU members declare as imports, by CN8 product and partner."""
