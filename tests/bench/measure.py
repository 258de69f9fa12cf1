"""Run a command and measure it: its time, and the peak memory of its process tree."""

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

POLL_SECONDS = 0.05
BEST_OF = 2
GIB = 1024**3


@dataclass(frozen=True)
class Cost:
    """Wall seconds, seconds of the processors, which hold on a busy machine too, and the peak of
    the summed resident memory of all processes, in bytes."""

    seconds: float
    processor: float
    peak: int


def best(run: Callable[[], Cost]) -> Cost:
    """Return the least time of a few runs, with the largest peak: other work only adds."""
    costs = [run() for _ in range(BEST_OF)]
    return Cost(
        min(cost.seconds for cost in costs),
        min(cost.processor for cost in costs),
        max(cost.peak for cost in costs),
    )


def hotline(home: Path, *arguments: str | Path) -> Cost:
    """Measure `hotline --home HOME ARGUMENTS`."""
    return measure([sys.executable, "-m", "pipeline.cli", "--home", home, "--quiet", *arguments])


def bare(module: str, *arguments: str | Path) -> Cost:
    """Measure one of this package's comparison programs."""
    return measure([sys.executable, "-m", f"tests.bench.{module}", *arguments])


def measure(command: list[str | Path]) -> Cost:
    """Run a command to its end; RuntimeError with its last words where it fails."""
    started, used = time.monotonic(), _processor()
    process = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, _tree_memory(process.pid))
        time.sleep(POLL_SECONDS)
    seconds = time.monotonic() - started
    if process.returncode:
        said = process.stderr.read().decode() if process.stderr else ""
        raise RuntimeError(f"{command} -> exit {process.returncode}: {said[-500:]}")
    return Cost(seconds, _processor() - used, peak)


def _processor() -> float:
    """Return the processor seconds of all children that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _tree_memory(pid: int) -> int:
    total = 0
    try:
        parent = psutil.Process(pid)
        for process in [parent, *parent.children(recursive=True)]:
            total += process.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total
