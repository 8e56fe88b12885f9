"""The linear models that ship with the project; made by `python -m workers.triage.training`."""
