"""The installation's own model for violations: learnt from decided cases, compared, promoted, taken back."""
