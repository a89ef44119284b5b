"""Two processes that send each other an item, traced: the same program in every language of the emitters."""

import sys
import threading

from tla_trace import Tracer

folder = sys.argv[1]
constants = {"Process": {"a", "b"}}
with (
    Tracer(folder + "/a.ndjson", process="a", spec="Channel", constants=constants) as a,
    Tracer(folder + "/b.ndjson", process="b", spec="Channel", constants=constants) as b,
):
    a.emit(
        "Send",
        to="b",
        item=1,
        text='π "quoted" \\ \n 𝄞',
        list=[True, False, None],
        big=2**60,
        nested={"x": [1, -2], "s": {"p"}},
    )
    stamp = a.stamp()
    b.receive(stamp)
    b.emit("Receive", item=1)
    b.emit("Send", to="a", item=2)
    stamp = b.stamp()
    a.emit("Think")
    a.receive(stamp)
    a.emit("Receive", item=2)
    try:
        a.emit("Wrong", clock=7)
    except ValueError:
        print("refused")

    def think():
        for _ in range(50):
            a.emit("Think")

    threads = [threading.Thread(target=think) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
