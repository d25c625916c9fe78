"""What can go wrong with videos and files. Messages are for the author who sent them."""

from collections.abc import Mapping, Sequence


class MediaRefused(Exception):
    """What was sent cannot be taken; nothing was kept. ``refused``: the mistakes of each place, in words."""

    def __init__(self, refused: Mapping[str, Sequence[str]]) -> None:
        self.refused = {place: list(mistakes) for place, mistakes in refused.items()}
        super().__init__("; ".join(one for mistakes in self.refused.values() for one in mistakes))
