"""Who somebody is: accounts, sessions, second factors, keys of machines, identities from elsewhere. What he may do is not said here."""
