"""Figures kept ready: aggregates made from cases, and the papers written with them."""
