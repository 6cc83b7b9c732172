"""Starts the model server: the first file that a worker's interpreter reads."""

import time

BEGAN = time.monotonic_ns()

if __name__ == "__main__":
    import sys

    if "--parent" in sys.argv:
        from dormouse_python import parent

        parent.main(sys.argv[1:])
    else:
        from dormouse_python import server

        server.main(sys.argv[1:], BEGAN)
