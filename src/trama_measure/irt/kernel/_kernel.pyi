from collections.abc import Buffer

def run(
    students: int,
    items: int,
    points: int,
    single: bool,
    bits: Buffer,
    mask: Buffer | None,
    weights: Buffer | None,
    right: Buffer,
    wrong: Buffer,
    masses: Buffer,
    out_right: Buffer | None,
    out_shown: Buffer | None,
    out_mass: Buffer | None,
    nodes: Buffer | None,
    mean: Buffer | None,
    sd: Buffer | None,
    /,
) -> float: ...
