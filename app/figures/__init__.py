"""Figures: what happened and how the work goes, as numbers, charts and a map."""
