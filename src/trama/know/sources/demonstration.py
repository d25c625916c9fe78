"""Where the invented demonstration state is described."""

from django.conf import settings

DEMONSTRATION_FILE = settings.CONTENT_DIR / "demonstration" / "demonstration.toml"
