"""Breaks the policy on purpose, in the server processes of one test: every camera may be seen by everyone.

Python imports a module of this name at start when it is on the path; only the test that must see the
check fail puts it there. The product has no switch for this.
"""

from server.rooms import policy

policy.may_see_camera = lambda receiver, sender, *floor: receiver.person_id != sender.person_id
