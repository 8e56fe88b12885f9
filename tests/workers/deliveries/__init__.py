"""Scheduled exports, made and brought."""
