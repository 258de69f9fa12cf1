"""The command that a site wants to be called when a bulletin was issued, or was not."""

import os
import shlex
import signal
import subprocess
import tempfile

from pipeline.bulletin.status import Outcome
from pipeline.console import say
from pipeline.errors import HotlineError
from pipeline.home import Home
from pipeline.settings import load


def call(home: Home, outcome: Outcome) -> None:
    """Run the hook of the settings, if there is one; its faults are reported, and no more.

    It gets HOTLINE_RESULT (issued, revised, unchanged, failed), HOTLINE_EXIT,
    HOTLINE_PERIOD, HOTLINE_PERIOD_TYPE, HOTLINE_EDITION, HOTLINE_FOLDER, HOTLINE_MESSAGE,
    HOTLINE_HOME; what is not known is empty.
    """
    try:
        settings = load(home.root)
    except HotlineError:
        return  # faulty settings were reported when the run read them
    if not settings.bulletin_hook.strip():
        return
    variables = {
        "HOTLINE_RESULT": outcome.result,
        "HOTLINE_EXIT": str(outcome.exit_code),
        "HOTLINE_PERIOD": outcome.period,
        "HOTLINE_PERIOD_TYPE": outcome.period_type,
        "HOTLINE_EDITION": str(outcome.edition or ""),
        "HOTLINE_FOLDER": str(home.root / outcome.folder) if outcome.folder else "",
        "HOTLINE_MESSAGE": outcome.message,
        "HOTLINE_HOME": str(home.root),
    }
    fault = _run(home, settings.bulletin_hook, settings.bulletin_hook_seconds, variables)
    if fault:
        say(f"提醒:bulletin_hook 没有办成({fault});月报不受影响", hook_fault=fault)


def _run(home: Home, command: str, seconds: int, variables: dict[str, str]) -> str:
    """Run the command; return in a few words what went wrong, "" for nothing."""
    with tempfile.TemporaryFile() as output:
        try:
            # A session of its own, so that all it started can be ended with it.
            process = subprocess.Popen(
                shlex.split(command),
                cwd=home.root,
                env={**os.environ, **variables},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=output,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            return getattr(error, "strerror", None) or str(error)
        try:
            code = process.wait(timeout=seconds)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            return f"{seconds} 秒未结束,已中止"
        if code == 0:
            return ""
        output.seek(0)
        lines = output.read(4096).decode("utf-8", "replace").strip().splitlines()
        return f"退出码 {code}" + (f":{lines[-1]}" if lines else "")
