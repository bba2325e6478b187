"""Post: the outbox of e-mails, written in the transaction that makes them necessary, and sent once by SMTP.

Owns the table `outbox`. May import `storage`, `config`, `errors` and `ids`. What a letter says belongs to
whoever writes it and must never be in it.
"""
