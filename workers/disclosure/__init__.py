"""Who could be recognised in what goes out: a pure engine over rows and tables (docs/disclosure.md).

Rows: `hierarchy.Hierarchy.of` for each quasi-identifier, `periods` for those of time, then `deciding.decide`.
Tables: `tables.suppress` and `tables.suppress_linked`.
"""
