"""Ideb of the early years of the public networks, one column per edition, as re-shaped from Inep to 2019."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from ...vocabulary import Stage
from .base import Chunk, Description, Member
from .problems import refuse
from .tables import Head, find_head, lines
from .values import municipality_code, network

AI = str(Stage.EARLY_YEARS)


class WideEarlyYears:
    """The early years of the public network, one column per edition: observed 2005-2019, projected 2007-2019."""

    source = "ideb-ai-publica-amplo"
    publisher = "MEC/Inep"
    _name = re.compile(r"(IDEB|PROJ) (\d{4})", re.ASCII)

    def _head(self, member: Member) -> Head | None:
        head = find_head(member, "COD_MUN", "REDE")
        if head is None or sum(1 for name in head.names if self._name.fullmatch(name)) < 2:
            return None
        return head

    def recognises(self, members: list[Member]) -> bool:
        return len(members) == 1 and self._head(members[0]) is not None

    def describe(self, members: list[Member]) -> Description:
        head = self._head(members[0])
        years = [name[-4:] for name in head.names if self._name.fullmatch(name)] if head else []
        last = max(years, default="")
        return Description(_("Ideb of the early years, municipalities, public network") + f", {last}", last)

    def read(self, members: list[Member]) -> Iterator[Chunk]:
        head = self._head(members[0])
        if head is None:
            refuse(members[0].name, "", _("a table with the columns %s") % "cod_mun, Rede, IDEB 2005…")
        columns = [(name, match) for name in head.names if (match := self._name.fullmatch(name))]
        seen: set[tuple[int, str]] = set()
        for chunk, batch in lines(members[0], head, 500):
            for line in batch:
                place = line.get("COD_MUN", municipality_code, 0)
                dependency = line.get("REDE", network, "")
                if not line.fine:
                    continue
                if (place, dependency) in seen:
                    line.fault("COD_MUN", place, _("each place and network once"))
                    continue
                seen.add((place, dependency))
                for name, match in columns:
                    indicator = "ideb" if match[1] == "IDEB" else "ideb_target"
                    line.observe(name, indicator, place, dependency, AI, int(match[2]))
            yield chunk
