"""What processes cost, as the kernel counts it."""
import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    # After the name: state, parent, ...; 11 to 14 are utime, stime, and those of children that have ended.
    return int(fields[1]), [int(f) for f in fields[11:15]]


def cpu_seconds(pid):
    return sum(_stat(pid)[1][:2]) / TICK


def cpu_seconds_of_family(pid):
    """A process and its children, those that have ended among them."""
    total = sum(_stat(pid)[1])
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                parent, times = _stat(entry.name)
                total += sum(times[:2]) if parent == pid else 0
            except (FileNotFoundError, ProcessLookupError):
                pass
    return total / TICK


def rss_mb(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024


def machine_busy_seconds():
    """CPU that all processes of the machine have used; idle time and waiting for disks left out."""
    fields = [int(f) for f in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    return (sum(fields[:8]) - fields[3] - fields[4]) / TICK
