"""Tables of reports that partners hand in: sent, mapped, tried, imported, with an answer for each row."""
