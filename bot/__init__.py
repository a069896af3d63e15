"""The service: everything between a resident's message and its reply."""
