"""An installation's own villages: read from public files, located in the division of 2023, kept in `var/`."""
