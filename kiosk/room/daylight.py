"""Where the sun stands: sunrise and sunset of a place, to about a minute. Pure.

By the sunrise equation (Meeus, Astronomical Algorithms, 2nd ed., chapters 15 and 25, in its short form):

    M      mean anomaly          357.5291 + 0.98560028 d
    C      equation of centre    1.9148 sin M + 0.0200 sin 2M + 0.0003 sin 3M
    L      ecliptic longitude    M + C + 180 + 102.9372
    noon   days since J2000      d - longitude / 360 + 0.0053 sin M - 0.0069 sin 2L
    H      half a day            cos H = (sin -0.833 - sin latitude sin decl) / (cos latitude cos decl)
    decl   declination           sin decl = sin L sin 23.4397

d is the number of whole days since 2000-01-01 12:00 UTC; angles are degrees.
"""

from __future__ import annotations

from math import acos, asin, cos, degrees, radians, sin

DAY_MS = 86_400_000
J2000_MS = 946_728_000_000
"""2000-01-01 12:00 UTC."""
HORIZON = -0.833
"""Degrees: the upper limb on the horizon, refraction taken into account."""
TILT = 23.4397
INDOORS_MS = 30 * 60_000
"""So long after sunrise and before sunset daylight through windows is not enough."""


def sun(day: int, latitude: float, longitude: float) -> tuple[int, int]:
    """Sunrise and sunset around the noon of a day at a place, in milliseconds since 1970 UTC.

    Args:
        day: days since 2000-01-01.
        latitude: degrees, north is positive, within the polar circles.
        longitude: degrees, east is positive.
    """
    anomaly = radians((357.5291 + 0.98560028 * (day - longitude / 360)) % 360)
    centre = 1.9148 * sin(anomaly) + 0.0200 * sin(2 * anomaly) + 0.0003 * sin(3 * anomaly)
    ecliptic = anomaly + radians(centre + 180 + 102.9372)
    noon = day - longitude / 360 + 0.0053 * sin(anomaly) - 0.0069 * sin(2 * ecliptic)
    decl = asin(sin(ecliptic) * sin(radians(TILT)))
    phi = radians(latitude)
    half = (sin(radians(HORIZON)) - sin(phi) * sin(decl)) / (cos(phi) * cos(decl))
    width = degrees(acos(max(-1.0, min(1.0, half)))) / 360
    return J2000_MS + int((noon - width) * DAY_MS), J2000_MS + int((noon + width) * DAY_MS)


def dark(at_ms: int, latitude: float, longitude: float) -> tuple[bool, int]:
    """Whether a room with windows is dark at a time, and when that changes next.

    Args:
        at_ms: milliseconds since 1970 UTC.
        latitude: as of `sun`.
        longitude: as of `sun`.
    """
    today = (at_ms - J2000_MS) // DAY_MS
    for day in range(today - 1, today + 3):
        rise, fall = sun(day, latitude, longitude)
        if at_ms < rise + INDOORS_MS:
            return True, rise + INDOORS_MS
        if at_ms < fall - INDOORS_MS:
            return False, fall - INDOORS_MS
    return True, at_ms + DAY_MS
