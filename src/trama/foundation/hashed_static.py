"""Static files under names that tell their content, as production serves them."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Scripts too name what they import by its hashed name.

    Otherwise a new ``page.js`` could meet an old ``store.js`` that a browser still holds, or a device kept: parts of
    two releases of one program.
    """

    support_js_module_import_aggregation = True
