"""Interventions worldwide as Global Trade Alert documents them."""
