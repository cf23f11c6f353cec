"""One module per mart: what it promises its readers."""
