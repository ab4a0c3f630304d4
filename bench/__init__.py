"""Benchmarks that print ratios to a raw baseline of the same run: python -m bench NAME --json."""
