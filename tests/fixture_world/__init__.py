"""The five-country world: small enough to be solved on paper, see `README.md` beside."""
