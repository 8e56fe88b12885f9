"""People who wait to be called back."""
