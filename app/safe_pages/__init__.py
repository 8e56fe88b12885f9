"""The pages of the safe: unlocking, who is in, letting in and shutting out, replacing the key, the recovery code."""
