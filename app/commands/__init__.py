"""The commands of `seere`, one file per subject; pyproject.toml names them."""
