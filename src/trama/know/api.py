"""What other phases may ask of know. Anything else here may change without notice."""

from .groups.selectors import group_by_slug, members_on
from .indicators.cells import Cell, indicators_by_code, loaded_cells, place_columns
from .indicators.columns import (
    NO_RECORD,
    IndicatorColumn,
    MunicipalNetworks,
    Value,
    indicator_column,
    latest_year,
    municipal_networks,
    place_column,
    reference_value,
    release_info,
)
from .indicators.figures import Figures, figures_of
from .indicators.selectors import data_version
from .pages import kept_page
from .search.selectors import find
from .territory.maps import Map, MapClass, class_of, country_map, quantile_classes, state_map
from .territory.selectors import network_by_id, place_by_code, states
from .vocabulary import Dependency, Location, PlaceKind, Stage, ValueStatus

__all__ = [
    "NO_RECORD",
    "Cell",
    "Dependency",
    "Figures",
    "IndicatorColumn",
    "Location",
    "Map",
    "MapClass",
    "MunicipalNetworks",
    "PlaceKind",
    "Stage",
    "Value",
    "ValueStatus",
    "class_of",
    "country_map",
    "data_version",
    "figures_of",
    "find",
    "group_by_slug",
    "indicator_column",
    "indicators_by_code",
    "kept_page",
    "latest_year",
    "loaded_cells",
    "members_on",
    "municipal_networks",
    "network_by_id",
    "place_by_code",
    "place_column",
    "place_columns",
    "quantile_classes",
    "reference_value",
    "release_info",
    "state_map",
    "states",
]
