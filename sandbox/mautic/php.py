"""PHP's `serialize`, in which Mautic keeps the details of its audit log and of its fields."""

from collections.abc import Mapping
from typing import Any


def serialized(value: Any) -> str:
    """`["ä"]` as `a:1:{i:0;s:2:"ä";}`: lengths are counted in bytes (stats_audit_log)."""
    if value is None:
        return "N;"
    if isinstance(value, bool):
        return f"b:{int(value)};"
    if isinstance(value, int):
        return f"i:{value};"
    if isinstance(value, str):
        return f's:{len(value.encode())}:"{value}";'
    pairs = list(value.items() if isinstance(value, Mapping) else enumerate(value))
    inside = "".join(serialized(key) + serialized(each) for key, each in pairs)
    return f"a:{len(pairs)}:{{{inside}}}"
