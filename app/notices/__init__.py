"""The pages of what waits for a person: the list, the bell above every page, and how they want to be told."""
