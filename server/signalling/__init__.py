"""What browsers and the live class say to each other over Socket.IO.

Owns the event table, the schemas, the SDP answer, and what each role may see of a class (`views`). Imports
`rooms` and what lies under it. Never in it: rules of the class (they are `rooms`'), storing, HTML.
"""
