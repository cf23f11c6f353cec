"""The two doors: what may come in (arrivals) and what may go out (departures)."""
