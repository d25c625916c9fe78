"""What first views of courses weigh, and when their largest part is painted on a phone: part of ``training.py``."""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from playwright.sync_api import sync_playwright  # noqa: E402

from tests.e2e import checks, server  # noqa: E402

PHONE = {"width": 390, "height": 844}


def first_views(base: str, pages: dict[str, tuple[str, str]]) -> dict[str, dict[str, float]]:
    """Of each (address, session): octets, requests, and ms until the largest paint, in a browser that knows nothing."""
    found = {}
    with sync_playwright() as playwright:
        executable = server.chromium()
        if executable is None:
            sys.exit("Chromium is absent: install it, or name it in CHROMIUM_PATH")
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        for name, (path, session) in pages.items():
            context = browser.new_context(viewport=PHONE, locale="pt-BR", has_touch=True)  # type: ignore[arg-type]
            if session:
                context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
            page = context.new_page()
            seen = checks.slow_first_view(page, base + path)
            found[name] = {"octets": sum(seen.parts.values()), "requests": len(seen.parts), "paint": seen.paint or 0.0}
            context.close()
        browser.close()
    return found


if __name__ == "__main__":
    print(json.dumps(first_views(sys.argv[1], json.loads(sys.argv[2]))))
