"""Tables come in here, from CSV or Excel: every problem of every table at once, then typed for all later steps."""

from planner.tables.data import Checked, check_data
from planner.tables.findings import Finding
from planner.tables.reading import Table, blank, read_table, read_tables
from planner.tables.schemas import DOCUMENTS, KEYS, MENUS, OWN, SCHEMAS, STEPS

__all__ = [
    "DOCUMENTS", "KEYS", "MENUS", "OWN", "SCHEMAS", "STEPS", "Checked", "Finding", "Table", "blank", "check_data",
    "read_table", "read_tables",
]  # fmt: skip
