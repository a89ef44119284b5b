import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Two processes that send each other an item, traced: the same program in every language of the emitters. */
public final class Drive {
    private static void think(TlaTrace tracer) {
        try {
            tracer.emit("Think", Map.of());
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, ?> header = Map.of("spec", "Channel", "constants", Map.of("Process", Set.of("a", "b")));
        try (TlaTrace a = new TlaTrace(arguments[0] + "/a.ndjson", "a", header);
                TlaTrace b = new TlaTrace(arguments[0] + "/b.ndjson", "b", header)) {
            a.emit("Send", Map.of(
                    "to", "b",
                    "item", 1,
                    "text", "π \"quoted\" \\ \n 𝄞",
                    "list", Arrays.asList(true, false, null),
                    "big", 1L << 60,
                    "nested", Map.of("x", List.of(1, -2), "s", Set.of("p"))));
            Map<String, Integer> stamp = a.stamp();
            b.receive(stamp);
            b.emit("Receive", Map.of("item", 1));
            b.emit("Send", Map.of("to", "a", "item", 2));
            stamp = b.stamp();
            a.emit("Think", Map.of());
            a.receive(stamp);
            a.emit("Receive", Map.of("item", 2));
            try {
                a.emit("Wrong", Map.of("clock", 7));
            } catch (IllegalArgumentException refusal) {
                System.out.println("refused");
            }
            List<Thread> threads = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                threads.add(new Thread(() -> {
                    for (int i = 0; i < 50; i++) {
                        think(a);
                    }
                }));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }
}
