"""The demonstration: invented organisations, people and reports, taken in and followed up on the real ways."""
