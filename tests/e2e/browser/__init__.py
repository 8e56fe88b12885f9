"""Promises kept in front of a person: a real Chromium against a really running installation."""
