"""Evidence on the desk."""
