"""Who may search: everyone."""

from trama.foundation.policies import PUBLIC, declare

SEARCH = declare("know.search.find", kind="route", allow=PUBLIC)
