"""The safe: who holds which key, so that what is sealed opens only for a member who is signed in."""
