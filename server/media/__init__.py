"""The selective forwarding unit: one UDP port, through which every browser sends and receives a class.

Owns ICE-lite, DTLS-SRTP, RTP and RTCP, the choice of simulcast layers, and the worker process that runs
them. It takes its orders as the models of `spec.py` and gives back notices; it may import `server.errors`
and `server.ids`, and nothing else of ours. Who may see whom, names, roles, the database and the web must
never be in it: the policy is decided elsewhere and arrives as routes.

From the wire inwards: `mux` (the socket) → `ice`, `dtls` (who is there, with which keys) → `peer` (one
browser) → `producer` → `layer` (one incoming stream) → `consumer` (one slot of another browser) → `outlet`
(the socket again). `sfu` is the whole.
"""
