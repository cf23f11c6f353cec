"""What this machine gives DuckDB: its cores, and half of its memory."""

from __future__ import annotations

import os
import resource
from pathlib import Path

# the limit of a container (the kernel's documentation, admin-guide/cgroup-v2)
_CONTROL_GROUP = Path("/sys/fs/cgroup/memory.max")


def usable_cores() -> int:
    """Cores that this process may use, which may be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_limit() -> str:
    """Half of the memory that this process may use, as DuckDB writes sizes (MiB)."""
    sizes = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    if _CONTROL_GROUP.is_file() and (limit := _CONTROL_GROUP.read_text().strip()).isdecimal():
        sizes.append(int(limit))
    address_space, _ = resource.getrlimit(resource.RLIMIT_AS)
    if address_space != resource.RLIM_INFINITY:
        sizes.append(address_space)
    return f"{min(sizes) // 2**21}MiB"
