"""Japanese: telops beside speech by characters and readings, and the rules for them."""
