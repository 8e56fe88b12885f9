"""Commands of `seere` that need the workers' libraries."""
