"""The rules of the committee: pure Python, no clock, no I/O, no chance."""
