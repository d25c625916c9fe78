"""What the database guards of cmi5: a structure that people work through never changes."""

from trama.foundation.guards import Guards, append_only

GUARDS = Guards(
    ("learn", "0023_structures_of_cmi5_stay"),
    *append_only("learn_cmi5course", message="a course structure never changes; another file is another row"),
)
