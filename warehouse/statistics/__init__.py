"""Statistical methods that SQL cannot express: pure functions on arrays and Arrow tables."""
