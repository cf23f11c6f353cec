"""UN Comtrade: trade as reporters declared it, annual and monthly."""
