"""County packs: lists, terms and rubrics as data."""
