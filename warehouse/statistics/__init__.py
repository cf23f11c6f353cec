"""Methods of the warehouse that SQL cannot say: pure functions on arrays, no files, no database."""
