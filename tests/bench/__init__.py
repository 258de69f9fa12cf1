"""The benchmark: our stages against the bare engine, in one run, as ratios."""
