"""Code that every source shares: contract, catalog, HTTP client, tables and errors."""
