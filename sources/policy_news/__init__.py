"""Documents that a person puts into the inbox, read for acts that may belong in the register."""
