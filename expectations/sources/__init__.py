"""One module per source: `build_suites` gives the suite of each of its landed tables."""
