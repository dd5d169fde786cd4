"""All faults. Each is a function from nothing to a Verdict."""
from chaos import SHORT
from failover_faults import failed_over
from network_faults import black_hole, connections, slow_clients
from process_faults import clock, descriptors, killed, memory, stopped
from store_faults import disk_full, locked, overwritten, read_only, removed, truncated

ALL = [killed, stopped, locked, disk_full, truncated, overwritten, removed, read_only, descriptors,
       memory, clock, black_hole, slow_clients, connections]
if not SHORT:  # it takes eight minutes
    ALL.append(failed_over)
