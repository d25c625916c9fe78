"""The points of a meeting, and those that are proposed, as plain values: each is drawn once for the same content."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from trama.foundation.drawing import NEW, drawn

from ..strategy.models import Action
from .forms import PointForm
from .models import AgendaItem, Meeting

PROPOSED = 8  # at most so many are proposed at once


@dataclass(frozen=True, slots=True)
class PointBlock:
    """One point, with the state of its action, if it is about one ("" where it is not)."""

    plan: UUID
    meeting: UUID
    pk: int
    title: str
    notes: str
    decision: str
    revision: int
    action: UUID | None
    state: str
    get_state_display: str
    may_edit: bool

    @property
    def form(self) -> PointForm:
        """Made only while the point is drawn."""
        values = {"uid": NEW, "notes": self.notes, "decision": self.decision, "revision": self.revision}
        return PointForm(initial=values, auto_id=f"id_{self.pk}_%s")


@dataclass(frozen=True, slots=True)
class ProposedBlock:
    """Actions that could be spoken about: (uid, title)."""

    plan: UUID
    meeting: UUID
    actions: tuple[tuple[UUID, str], ...]


def drawn_points(
    points: Iterable[AgendaItem], sent: Mapping[int, PointForm], meeting: Meeting, *, may_edit: bool, token: str
) -> list[SafeString]:
    """The points of a meeting. ``sent``: forms that were sent and refused, by the key of their point."""
    template, found = "plan/followup/_point.html", []
    for point in points:
        block = _block_of(point, meeting, may_edit=may_edit)
        if point.pk in sent:
            context = {"one": block, "form": sent[point.pk], "csrf_token": token}
            found.append(render_to_string(template, context))
        else:
            found.append(drawn(template, block, token=token, new=uuid4() if may_edit else ""))
    return found


def _block_of(point: AgendaItem, meeting: Meeting, *, may_edit: bool) -> PointBlock:
    action = point.action
    return PointBlock(
        plan=meeting.plan.uid,
        meeting=meeting.uid,
        pk=point.pk,
        title=point.title,
        notes=point.notes,
        decision=point.decision,
        revision=point.revision,
        action=action.uid if action is not None else None,
        state=action.state if action is not None else "",
        get_state_display=str(Action.State(action.state).label) if action is not None else "",
        may_edit=may_edit,
    )


def drawn_proposed(proposed: Iterable[tuple[str, Action]], meeting: Meeting, token: str) -> SafeString | str:
    """What a meeting could speak about besides; "" where there is nothing."""
    actions = tuple((action.uid, title) for title, action in proposed)[:PROPOSED]
    block = ProposedBlock(meeting.plan.uid, meeting.uid, actions)
    return drawn("plan/followup/_proposed.html", block, token=token) if actions else ""
