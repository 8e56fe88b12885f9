"""Opening sealed things."""
