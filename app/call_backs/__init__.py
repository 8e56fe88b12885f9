"""People who rang and hung up, and want to be called back."""
