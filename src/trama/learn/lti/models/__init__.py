"""What is kept about external tools and platforms, and what may never be false."""

from .platforms import GradePassback, Platform, PlatformLaunch, PlatformLink
from .tools import LineItem, Tool, ToolOpening, ToolScore, UsedOnce

__all__ = [
    "GradePassback",
    "LineItem",
    "Platform",
    "PlatformLaunch",
    "PlatformLink",
    "Tool",
    "ToolOpening",
    "ToolScore",
    "UsedOnce",
]
