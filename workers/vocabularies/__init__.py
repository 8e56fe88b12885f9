"""Data files of the engines: words, codes and weights, each with its sources."""
