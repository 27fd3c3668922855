"""The eye measured: labelled clips, contenders that read them in one run, scores as ratios."""
