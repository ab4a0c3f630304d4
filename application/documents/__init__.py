"""How a county's documents are written: YAML text becomes rubrics, checklists, policies, rules, words, facts, or a list of flaws by line."""
