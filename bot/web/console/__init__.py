"""The staff's pages below ``/desk``.

A page is a function that takes a :class:`bot.web.console.visit.Visit` and returns a response; it runs in a worker thread, so it may
block. :func:`bot.web.console.gate.Gate.page` makes a route of it: who is not signed in is sent to the login, who may not is told so, and a
form without the session's token is refused, before the function is called. A page that belongs in the menu has a
:class:`bot.web.console.pages.Section`. Words stand in ``data/desk``, looks in ``static/console.css``.
"""
