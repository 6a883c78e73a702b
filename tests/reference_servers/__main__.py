"""`python -m tests.reference_servers`: the second server as a process. Prints its base URL once it listens."""

import argparse
import signal
from threading import Event

from tests.reference_servers.designs import DESIGNS
from tests.reference_servers.faults import FAULTS
from tests.reference_servers.running import running
from tests.reference_servers.server import create_app


def arguments() -> argparse.ArgumentParser:
    """Build the parser of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.reference_servers", description=__doc__)
    parser.add_argument("--fault", choices=sorted(FAULTS), metavar="NAME", help="plant one fault")
    parser.add_argument("--design", choices=sorted(DESIGNS), metavar="NAME", help="serve another correct design")
    parser.add_argument("--size", type=int, metavar="N", help="number of records (default 173)")
    parser.add_argument("--api-key", action="append", default=[], metavar="K", help="demand this key (repeatable)")
    parser.add_argument("--port", type=int, default=0, help="0 chooses a free one")
    parser.add_argument("--list", action="store_true", help="print every fault and design, and end")
    return parser


def main() -> None:
    """Run the command."""
    options = arguments().parse_args()
    if options.list:
        for fault in FAULTS.values():
            print(f"fault   {fault.name:34} {fault.area:12} {', '.join(fault.laws)}")
        for design in DESIGNS.values():
            print(f"design  {design.name:34} {design.description}")
        return
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    app = create_app(options.fault, options.design, options.size, tuple(options.api_key))
    with running(app, options.port) as url:
        print(url, flush=True)
        ended.wait()


if __name__ == "__main__":
    main()
