"""Scheduled exports: made when they are due, and brought to where an organisation wants them."""
