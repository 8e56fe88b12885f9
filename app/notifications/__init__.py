"""Telling people that something waits: what waits for whom, how they want to be told, and their systems' webhooks.

Others call `service.notify`, or `app.casework.telling.tell` for what is about a case.
"""
