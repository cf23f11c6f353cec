"""Publishers' data, one folder per source: bytes in, Arrow tables out."""
