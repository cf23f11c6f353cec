"""What every source shares: the contract, the catalog, HTTP, tables and errors."""
