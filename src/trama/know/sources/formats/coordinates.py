"""Positions of schools, some of which lost their decimal mark on the way (``-96240167`` for -9.6240167)."""

BOXES = {
    11: (-14.2, -8.0, -66.1, -59.4), 12: (-11.8, -6.9, -74.1, -66.1), 13: (-10.0, 2.4, -73.9, -56.0),
    14: (-1.7, 5.4, -65.0, -58.7), 15: (-10.1, 2.7, -59.0, -45.4), 16: (-1.7, 4.6, -55.0, -49.5),
    17: (-13.8, -4.9, -51.0, -45.5), 21: (-10.4, -0.4, -49.2, -41.2), 22: (-11.6, -2.1, -46.7, -39.9),
    23: (-8.6, -2.0, -42.0, -36.6), 24: (-7.7, -3.7, -39.2, -33.7), 25: (-8.9, -5.4, -39.4, -34.1),
    26: (-10.1, -3.1, -41.8, -31.7), 27: (-11.2, -8.1, -38.9, -34.5), 28: (-12.3, -8.9, -38.9, -35.7),
    29: (-18.8, -7.9, -47.2, -36.7), 31: (-23.6, -13.5, -51.7, -39.2), 32: (-21.9, -17.3, -42.6, -28.5),
    33: (-24.0, -20.2, -45.5, -40.3), 35: (-25.8, -19.2, -53.8, -43.6), 41: (-27.2, -21.8, -55.3, -47.6),
    42: (-30.1, -25.3, -54.5, -47.8), 43: (-34.4, -26.4, -58.4, -49.0), 50: (-24.7, -16.5, -58.9, -50.3),
    51: (-18.9, -7.0, -62.4, -49.6), 52: (-20.2, -11.9, -54.0, -45.4), 53: (-16.5, -15.0, -48.7, -46.9),
}  # fmt: skip
"""South, north, west and east of each state, in degrees: its municipalities' seats and some seventy kilometres more."""


def position(latitude: str | None, longitude: str | None, state: int) -> tuple[float | None, float | None]:
    """Latitude and longitude in degrees, or a pair of None where they cannot be told with certainty.

    A number outside the state is tried again with the decimal mark before its first digit and after each of the next
    three; it counts only if exactly one place of the mark puts it inside.
    """
    south, north, west, east = BOXES.get(state, (-34.4, 5.5, -74.1, -28.5))
    lat = _degree(latitude, south, north)
    lon = _degree(longitude, west, east)
    return (lat, lon) if lat is not None and lon is not None else (None, None)


def _degree(text: str | None, low: float, high: float) -> float | None:
    if not text:
        return None
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    if low <= value <= high:
        return value
    if not abs(value) < 1e15 or not value.is_integer():
        return None
    digits = str(abs(int(value)))
    sign = -1 if value < 0 else 1
    marks = range(min(3, len(digits)) + 1)
    tries = {sign * float(f"{digits[:mark] or 0}.{digits[mark:] or 0}") for mark in marks}
    inside = [number for number in tries if low <= number <= high]
    return inside[0] if len(inside) == 1 else None
