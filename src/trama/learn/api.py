"""What other phases may ask of learn. Anything else here may change without notice."""

from .courses.selectors import course_versions_state, published_versions
from .courses.translations import texts_to_translate

__all__ = ["course_versions_state", "published_versions", "texts_to_translate"]
