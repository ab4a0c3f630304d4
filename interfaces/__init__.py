"""The doors: API, command line, wiring. No rule of the committee is written here."""
