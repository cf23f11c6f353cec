"""Supply risk by the published methods: formulas on plain arrays, and tables of many cases."""
