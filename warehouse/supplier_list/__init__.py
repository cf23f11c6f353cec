"""A buyer's own suppliers against a release: read here, answered here, never kept."""

from warehouse.supplier_list.exposure import COLUMNS, assess
from warehouse.supplier_list.read import Purchase, SupplierListError, read_purchases

__all__ = ["COLUMNS", "Purchase", "SupplierListError", "assess", "read_purchases"]
