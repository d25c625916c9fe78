"""``python -m trama_measure.impact``: see ``command``."""

from .command import main

raise SystemExit(main())
