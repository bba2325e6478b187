"""A bad network in the lab: a user-space relay between real browsers and the server, for UDP and TCP.

The kernel of the reference machine has no `netem`. `path` decides the fate of each packet (pure, seeded),
`lines` knows whose packet it is, `relay` carries it; `network` starts the relay as a process for a test.
"""
