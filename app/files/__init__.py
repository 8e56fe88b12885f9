"""Files that a browser sends on their own, resumable: the tus protocol, version 1.0."""
