"""What other phases may ask of know. Anything else here may change without notice."""

from .indicators.cells import Cell, data_version, indicators_by_code, loaded_cells, place_columns
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
from .territory.selectors import network_by_id, place_by_code, states
from .vocabulary import Dependency, Location, PlaceKind, Stage, ValueStatus

__all__ = [
    "NO_RECORD",
    "Cell",
    "Dependency",
    "IndicatorColumn",
    "Location",
    "MunicipalNetworks",
    "PlaceKind",
    "Stage",
    "Value",
    "ValueStatus",
    "data_version",
    "indicator_column",
    "indicators_by_code",
    "latest_year",
    "loaded_cells",
    "municipal_networks",
    "network_by_id",
    "place_by_code",
    "place_column",
    "place_columns",
    "reference_value",
    "release_info",
    "states",
]
