"""Standing exports for partners: when they are made, and where they are brought to."""
