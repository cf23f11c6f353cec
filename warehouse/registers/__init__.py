"""The curated registers as files: what a row of theirs must satisfy, and how one is added."""
