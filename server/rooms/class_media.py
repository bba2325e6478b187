"""The media of one class: whose peer is whose, what the worker tells of them, and what it is to forward.

Turns what happens to peers into commands of the system, and each change of the room or of the peers into
routes for the worker and slots for the people.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from server.errors import Refused
from server.media.client import MediaUnavailable
from server.media.spec import (
    IceCredentials,
    PeerNotice,
    PeerSnapshot,
    PeerSpec,
    PeerView,
    VoicesNotice,
)
from server.rooms.class_lines import ClassLines
from server.rooms.commands import PRESENT, ComeBack, Lost
from server.rooms.forwarding import Forwarding
from server.rooms.live_room import LiveRoom
from server.rooms.media_orders import MediaLink, MediaOrders
from server.rooms.policy import presenter
from server.rooms.presence import Attendance, Connection, Media, Presence, person_of
from server.rooms.refusals import media_unavailable
from server.rooms.state import Place
from server.rooms.timers import Timers

UNCLAIMED_S = 30.0
"""How long a peer that the worker has, and nobody has claimed by joining, is kept."""


class ClassMedia:
    """The peers of a class that is open in this process."""

    def __init__(
        self,
        class_id: str,
        *,
        room: LiveRoom,
        presence: Presence,
        media: MediaLink,
        orders: MediaOrders,
        timers: Timers,
        new_id: Callable[[], str],
        slots_changed: Callable[[list[str]], None],
        line_changed: Callable[[str], None],
        layers_changed: Callable[[str], None],
    ) -> None:
        """`slots_changed` is told in whose slots others are now; for the others see `ClassLines`."""
        self._class_id = class_id
        self._room = room
        self._presence = presence
        self._media = media
        self._orders = orders
        self._timers = timers
        self._new_id = new_id
        self._slots_changed = slots_changed
        self._forwarding = Forwarding(class_id, media, orders)
        self.lines = ClassLines(
            presence,
            watched_by=self._watched_by,
            line_changed=line_changed,
            layers_changed=layers_changed,
        )

    def slots_for(self, person_id: str) -> dict[str, str]:
        """Return who is in this person's slots, by slot name."""
        return self._forwarding.slots_for(person_id)

    # ---- from the people

    def new_peer(self, person_id: str) -> str:
        """Return a name for a new peer of this person, from which it can be told whose it is."""
        return f"{person_id}.{self._new_id()}"

    async def open(self, connection: Connection, spec: PeerSpec) -> None:
        """Open the negotiated peer; it takes the place of the person's older one."""
        try:
            await self._media.open_peer(spec)
        except MediaUnavailable:
            raise media_unavailable() from None
        attendance = self._presence.of(connection.person_id)
        if attendance.connection is not connection:
            self._orders.close_peer(spec.peer)
            raise Refused("not_connected", "The connection was lost. Please try again.")
        self.close_peer(attendance)
        attendance.peer, attendance.media = spec.peer, Media.OPENING
        self.refresh()

    async def show(self, view: PeerView) -> None:
        """This is what somebody's page shows now."""
        try:
            await self._media.set_view(view)
        except MediaUnavailable:
            raise media_unavailable() from None

    async def restart_ice(self, peer: str, ours: IceCredentials, remote: IceCredentials) -> None:
        """Go on with somebody's media under fresh credentials."""
        try:
            await self._media.restart_ice(peer, ours, remote)
        except MediaUnavailable:
            raise media_unavailable() from None

    async def carried_out(self) -> None:
        """Return when the worker does what follows from the room as it is now."""
        try:
            await self._orders.carried_out(self._class_id)
        except MediaUnavailable:
            raise media_unavailable() from None

    def keep(self, attendance: Attendance, peer: str) -> bool:
        """Whether this person's media go on over `peer`. Without a worker to ask, they are believed to."""
        if attendance.peer == peer:
            return attendance.media is not Media.SILENT
        if not self._media.is_known(self._class_id) and person_of(peer) == attendance.person_id:
            attendance.peer, attendance.media = peer, Media.FLOWING
            return True
        return False

    def close_peer(self, attendance: Attendance) -> None:
        """Have this person's peer closed, if there is one."""
        if attendance.peer is not None:
            self._orders.close_peer(attendance.peer)
            attendance.forget_media()

    # ---- from the worker

    def worker_attached(self, peers: Sequence[PeerSnapshot]) -> None:
        """These are the peers that the worker of this class has, and no others: it, or we, may have been
        restarted, or the class is on another worker.
        """
        theirs = {each.peer: each for each in peers}
        for attendance in self._presence:
            if attendance.peer is not None and attendance.peer not in theirs:
                attendance.forget_media()
        for snapshot in theirs.values():
            self._adopt(snapshot)
        for attendance in self._presence:
            if attendance.peer is None and attendance.connection is not None and self._present(attendance):
                attendance.connection.restart_media()
            self.note_loss(attendance)
        self._forwarding.forget()
        self.refresh()

    def noticed(self, notice: PeerNotice) -> None:
        """The worker tells of the life of a peer."""
        attendance = self._presence.by_peer(notice.peer)
        if attendance is None:
            return
        if notice.what in ("connected", "back"):
            self._flows(attendance)
            return
        if notice.what == "silent":
            attendance.media = Media.SILENT
        else:
            attendance.forget_media()
            self.refresh()
        if notice.what == "closed" and self._place(attendance) is Place.IN_CLASS:
            self._room.submit(Lost(attendance.person_id))
        else:
            self.note_loss(attendance)
        if notice.what == "gone" and attendance.connection is not None and self._present(attendance):
            attendance.connection.restart_media()

    def voices(self, notice: VoicesNotice) -> None:
        """The worker tells whose voices somebody gets."""
        if differ := self._forwarding.heard(notice):
            self._slots_changed(differ)

    # ---- what follows

    def refresh(self) -> None:
        """Bring the worker's routes and everyone's slots up to what the policy says now."""
        for attendance in self._presence:
            if not self._present(attendance):
                self.close_peer(attendance)
        if differ := self._forwarding.update(
            self._room.state, self._presence.peers(), self._presence.large()
        ):
            self._slots_changed(differ)
        self.lines.forget_gone()

    def note_loss(self, attendance: Attendance) -> None:
        """Have the room know if this person is lost."""
        if attendance.is_lost(self._place(attendance)):
            self._room.submit(Lost(attendance.person_id))

    def note_silence(self, person_id: str) -> None:
        """Have the room know if this person's media are silent: the notice of it came too early to count."""
        attendance = self._presence.of(person_id)
        if attendance.media is Media.SILENT:
            self.note_loss(attendance)

    def look_again(self) -> None:
        """Look who is lost and who is back, for what could not be stored or was not noticed."""
        for person_id in list(self._room.state.people):
            attendance = self._presence.of(person_id)
            self.note_loss(attendance)
            if attendance.media is Media.FLOWING:
                self._flows(attendance)

    def _adopt(self, snapshot: PeerSnapshot) -> None:
        """Take in a peer that the worker has, until its person claims it or `UNCLAIMED_S` are over."""
        person_id = person_of(snapshot.peer)
        attendance = self._presence.of(person_id) if person_id in self._room.state.members else None
        if attendance is None or snapshot.state == "gone":
            self._orders.close_peer(snapshot.peer)
            return
        if attendance.peer is None and attendance.connection is None and self._present(attendance):
            attendance.peer = snapshot.peer
            self._timers.start(UNCLAIMED_S, lambda: self._close_unclaimed(attendance, snapshot.peer))
        if attendance.peer != snapshot.peer:
            self._orders.close_peer(snapshot.peer)
            return
        if snapshot.state == "connected":
            self._flows(attendance)
        else:
            attendance.media = Media.SILENT if snapshot.state == "silent" else Media.OPENING

    def _flows(self, attendance: Attendance) -> None:
        """The media flow: whoever had dropped out is back. Whether she had, the room knows in her turn: what
        stands in line before may drop her yet.
        """
        attendance.media = Media.FLOWING
        self._room.submit(ComeBack(attendance.person_id))

    def _close_unclaimed(self, attendance: Attendance, peer: str) -> None:
        if attendance.peer == peer and attendance.connection is None:
            self.close_peer(attendance)
            self.refresh()
            self.note_loss(attendance)

    def _watched_by(self, person_id: str) -> str | None:
        """The presenter for patients; nobody for staff, who watch many, each over a line of her own."""
        state = self._room.state
        member = state.members.get(person_id)
        if member is None or member.role.is_staff:
            return None
        return presenter(state.people.values(), state.lead_id, state.floor)

    def _place(self, attendance: Attendance) -> Place | None:
        return self._room.state.place_of(attendance.person_id)

    def _present(self, attendance: Attendance) -> bool:
        return self._place(attendance) in PRESENT
