"""The residents' page; the web framework is imported only here."""
