"""Staff who sign in: their accounts, roles, sessions, and the keys that let them set a password."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.tables.base import Id, Table


class StaffAccount(Table):
    """Somebody who signs in with an e-mail address, a password and a code (TOTP)."""

    __tablename__ = "staff_accounts"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """In lower case."""
    full_name: Mapped[str] = mapped_column(String(200))
    shown_name: Mapped[str] = mapped_column(String(80))
    """What patients see."""
    phone: Mapped[str] = mapped_column(String(40), default="")
    profession: Mapped[str] = mapped_column(String(40), default="")
    """A value of `people.staff.Profession` for those who lead; else empty."""
    password_hash: Mapped[str | None] = mapped_column(String(200))
    """argon2id, in PHC form; null until it is set."""
    totp_secret: Mapped[str | None] = mapped_column(String(200))
    """Encrypted with the installation's key (see people.second_factor); null until it is set up."""
    totp_step: Mapped[int | None]
    """The time step of the last code that was taken: none is taken twice (RFC 6238, section 5.2)."""
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    """Failed sign-ins in a row, of password or code."""
    locked_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class StaffRole(Table):
    """What an account may do, and for which service; null: for all (system admin, quality lead)."""

    __tablename__ = "staff_roles"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("staff_accounts.id"))
    service_id: Mapped[str | None] = mapped_column(ForeignKey("services.id"))
    role: Mapped[str] = mapped_column(String(20))
    __table_args__ = (
        UniqueConstraint("account_id", "service_id", "role"),
        CheckConstraint(
            "role IN ('lead', 'helper', 'service_admin', 'quality_lead', 'system_admin')", name="role"
        ),
    )


class StaffSession(Table):
    """A browser in which somebody has signed in: the cookie's secret, hashed."""

    __tablename__ = "staff_sessions"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("staff_accounts.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    """When it was last used, to the minute: it ends when it has been idle for too long."""
    expires_at: Mapped[datetime]
    """When it ends whatever happens."""
    second_factor_at: Mapped[datetime | None]
    """When the code was given; until then it opens nothing but the page that asks for the code."""


class AccountKey(Table):
    """A one-time key, sent by e-mail or shown to an admin, with which a password is set."""

    __tablename__ = "account_keys"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("staff_accounts.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
