"""The process of the `hotline` command: signals are listened to before anything large is loaded."""

from pipeline import stopping


def main() -> None:
    """Run the command of the command line and end the process."""
    status: object = None
    try:
        stopping.listen_for_good()
        try:
            from pipeline.cli import main as command

            command()
        except SystemExit as error:
            status = error.code
        # What the command held is freed at the end of that block, which may take a while.
        stopping.ignore()
    except BaseException:
        # Other errors are faults of the program, with their traceback.
        if stopping.code() is None:
            raise
        stopping.print_message()
    stopping.end(status)


if __name__ == "__main__":
    main()
