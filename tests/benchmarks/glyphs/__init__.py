"""Which glyphs the default reader takes for others: drawn in several typefaces, read, and written down."""
