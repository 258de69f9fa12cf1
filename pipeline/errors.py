"""The one exception a user may meet, and the exit codes of the commands."""

OK = 0
CHECK_FAILED = 1
USAGE = 2
PARTIAL = 3
NO_DATA = 65
IO = 74
BUSY = 75


class HotlineError(Exception):
    """A fault in one line: what is wrong, where, and what to do; `code` is the exit code."""

    def __init__(self, message: str, code: int = USAGE) -> None:
        super().__init__(message)
        self.code = code
