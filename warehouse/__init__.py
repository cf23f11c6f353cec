"""Everything after the sources: landing, statistics, releases, report."""
