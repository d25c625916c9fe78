"""Who may see the public site: everyone."""

from trama.foundation.policies import PUBLIC, declare

SHOW_HOME = declare("portal.home.show", kind="route", allow=PUBLIC)
SHOW_PAGE = declare("portal.pages.show", kind="route", allow=PUBLIC)
