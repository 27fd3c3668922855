"""The demonstration: a clip with known mistakes, the receivers that watch its job, and the judgement of the result."""
