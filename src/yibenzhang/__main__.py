"""Entry point of ``yibenzhang``, ``ybz`` and ``python -m yibenzhang``: no failure of the program ends with status 1."""

import sys


def main() -> None:
    """Run the command line; Python's own status for what nobody caught is 1, which means errors in a document."""
    try:
        _writable()
        from yibenzhang.processes.collecting import seldom

        seldom()
        from yibenzhang.cli import app

        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        _end(error)
    except SystemExit:
        _flushed()
        raise


def _writable() -> None:
    """What a terminal's encoding does not have is shown by its number and ends nothing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _flushed() -> None:
    """What was printed is written now: at the end of the interpreter nobody could tell that it was not."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        _end(error)


def _end(error: Exception) -> None:
    try:
        from yibenzhang.guarding import failed, unwritable
    except ImportError:  # the installation is broken, or a module that is needed is not there
        print(f"yibenzhang: {type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(3)
    unwritable()
    sys.exit(2 if isinstance(error, BrokenPipeError) else failed(error))


if __name__ == "__main__":
    main()
