"""The conductor: the only room that knows Dagster, and the command line `pax`."""
