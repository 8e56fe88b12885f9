"""Making judicial files: the recipient's certificate looked at, identities laid out, encrypted to it, kept sealed."""
