"""Benchmarks: ratios within one run. Nothing here passes or fails; absolute times of one machine prove nothing."""
