"""The models that ship with the project.

Linear ones are made by `python -m workers.triage.training`, the encoder by `python -m scripts.encoder`.
"""
