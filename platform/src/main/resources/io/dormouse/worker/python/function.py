"""Starts a function: the first file that its instance's interpreter reads."""

import time

BEGAN = time.monotonic_ns()

if __name__ == "__main__":
    import sys

    from dormouse_python import bridge

    bridge.main(sys.argv[1:], BEGAN)
