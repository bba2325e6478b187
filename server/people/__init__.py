"""People: who somebody is to a class (role), and the personal link by which they come to it.

Owns roles, personal links with the browsers they were opened in, and NHS numbers. May import `storage`,
`errors` and `ids`. Dates, classes and pages must never be in it; neither must a way to sign in by a number
or a name that others know.
"""
