"""Small maps drawn on the server as SVG, for pages that must work without scripts and over 2G."""
