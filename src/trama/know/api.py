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
from .indicators.peers import nearest_places
from .indicators.selectors import data_version
from .pages import kept_page
from .scopes import OfOneScope, ScopeKind, one_scope, scope_fields
from .search.selectors import Result as SearchResult
from .search.selectors import find, register_search_section
from .sources.formats.base import Problem as FileProblem
from .sources.formats.base import UnreadableFile
from .sources.formats.isolation import records_apart
from .sources.formats.limits import Limits, OpenedMember
from .sources.formats.rows_apart import SheetRow, rows_of_file
from .sources.formats.sheets import Workbook, workbook
from .territory.maps import Map, MapClass, class_of, country_map, quantile_classes, state_map
from .territory.selectors import network_by_id, networks_said, place_by_code, states
from .vocabulary import Dependency, Location, PlaceKind, Stage, ValueStatus

__all__ = [
    "NO_RECORD",
    "Cell",
    "Dependency",
    "Figures",
    "FileProblem",
    "IndicatorColumn",
    "Limits",
    "Location",
    "Map",
    "MapClass",
    "MunicipalNetworks",
    "OfOneScope",
    "OpenedMember",
    "PlaceKind",
    "ScopeKind",
    "SearchResult",
    "SheetRow",
    "Stage",
    "UnreadableFile",
    "Value",
    "ValueStatus",
    "Workbook",
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
    "nearest_places",
    "network_by_id",
    "networks_said",
    "one_scope",
    "place_by_code",
    "place_column",
    "place_columns",
    "quantile_classes",
    "records_apart",
    "reference_value",
    "register_search_section",
    "release_info",
    "rows_of_file",
    "scope_fields",
    "state_map",
    "states",
    "workbook",
]
