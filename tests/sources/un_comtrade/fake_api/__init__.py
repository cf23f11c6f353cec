"""A fake Comtrade API with a small invented dataset whose true flows are known."""
