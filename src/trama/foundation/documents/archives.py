"""Archives whose bytes depend on their content alone."""

import io
import zipfile
from collections.abc import Iterable

EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that the format knows


def archive(members: Iterable[tuple[str, bytes]]) -> bytes:
    """A ZIP of named files, in the given order, without times."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as pack:
        for name, content in members:
            member = zipfile.ZipInfo(name, EPOCH)
            # OpenDocument wants the member that names the format first and as it is.
            member.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            pack.writestr(member, content)
    return memory.getvalue()


def repacked(content: bytes) -> bytes:
    """The same archive without the times at which its members were written."""
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        return archive([(name, pack.read(name)) for name in pack.namelist()])
