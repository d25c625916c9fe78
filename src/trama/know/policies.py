"""Who may see the pages and downloads of know: everyone. Nothing here is about a person."""

from trama.foundation.policies import PUBLIC, declare

PANORAMA = declare("know.panorama.show", kind="route", allow=PUBLIC)
NETWORK = declare("know.network.show", kind="route", allow=PUBLIC)
GROUPS = declare("know.groups.show", kind="route", allow=PUBLIC)
INDICATORS = declare("know.indicators.show", kind="route", allow=PUBLIC)
COMPARISON = declare("know.comparison.show", kind="route", allow=PUBLIC)
MAP_SHAPES = declare("know.map.shapes", kind="file", allow=PUBLIC)
PANORAMA_EXPORT = declare("know.panorama.export", kind="export", allow=PUBLIC)
INDICATOR_EXPORT = declare("know.indicators.export", kind="export", allow=PUBLIC)
COMPARISON_EXPORT = declare("know.comparison.export", kind="export", allow=PUBLIC)
GROUP_EXPORT = declare("know.groups.export", kind="export", allow=PUBLIC)
