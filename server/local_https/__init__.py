"""HTTPS on the local network, so that a phone can join a demo: a local authority, a certificate, and how to
trust it.

Browsers give camera and microphone to pages over HTTPS only. Owns the authority's files in the data folder,
the certificate for this machine's addresses, and the plain page `/local` from which a phone takes the
authority's certificate. May import `pages` (for its look) and `media.sockets` (for this machine's addresses).
Never in it: anything of a real installation, which has its own certificate (`MOVEROOM_HTTPS_CERT`) or a proxy
in front.
"""
