"""A Comtrade of our own: the API's wire format over a small invented world with known truth."""
