"""The models that run on Spark have the rows of DuckDB."""
