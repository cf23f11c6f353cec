"""One module per source: what its landed tables must look like."""
