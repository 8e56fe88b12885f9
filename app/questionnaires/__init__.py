"""The questions behind "what happened": data, in versions, some depending on what was answered before."""
