"""Short texts from which the second voice for violations learns."""
