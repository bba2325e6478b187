"""Storage: the tables, the one database they stand in, and the migrations that bring it up to date.

Owns how rows are kept and committed: engines, the single writer, tables, Alembic. May import nothing of
ours but `config`, `errors` and `ids`. What rows mean (who may do what, what is shown to whom) belongs to
the capabilities above and must never be in it.
"""
