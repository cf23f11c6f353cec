"""One script per engine: the same part of the reconciliation (`tests.benchmarks.same_answers`)."""
