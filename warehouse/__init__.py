"""The rooms after the sources: landing, the working database, releases, the report."""
