"""Facts that change with the world, not with the program: kept in data files, read once."""
