"""How long things are kept, what falls due, and what a legal hold keeps from being erased."""
