"""What `moveroom demo --https` says in the terminal before the links."""

from __future__ import annotations

import io

import segno


def qr_code(address: str) -> str:
    """Return the address as a QR code of half blocks, for a phone's camera in front of the terminal."""
    drawn = io.StringIO()
    segno.make(address, error="l", micro=False).terminal(drawn, compact=True)
    return drawn.getvalue()


def how_phones_join(page: str, fingerprint: str) -> str:
    """Return the words and the code for the page `/local`."""
    return "\n".join(
        [
            "",
            f"On a phone in the same Wi-Fi, scan this or open {page}",
            "It says how the phone comes to trust this machine, once. Then open a link from below on it.",
            "",
            qr_code(page),
            f"The certificate's fingerprint (SHA-256), to compare:\n{fingerprint}",
        ]
    )
