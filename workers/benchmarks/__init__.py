"""Measuring, each figure beside something else in the same run, on an installation made for it and thrown away."""
