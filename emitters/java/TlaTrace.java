import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes traces that tla-conformance reads. Copy this file into your program; it needs Java 11 and nothing else.
 *
 * <p>One tracer a process, one file a tracer. Every line is one event with the process's vector clock, so that the logs
 * of several processes can be put together without synchronised clocks:
 *
 * <pre>
 *   TlaTrace tracer = new TlaTrace("logs/a.ndjson", "a", Map.of("spec", "Queue"));
 *   tracer.emit("Send", Map.of("to", "b", "item", 3));
 *   sendToB(3, tracer.stamp());                // the stamp travels with the message
 *
 *   tracer.receive(message.clock());           // at the receiver, before it writes its own event
 *   tracer.emit("Receive", Map.of("sender", "a", "item", message.item()));
 * </pre>
 *
 * <p>Write an event when its step is done and before anything that depends on it leaves the process. A line is handed to
 * the operating system whole; what a crash cuts off is at most the last one. Tracers may be shared by threads, but the
 * step and its event must then be made under one lock of yours, or another thread's event may come between them.
 */
public final class TlaTrace implements Closeable {
    private static final BigInteger EXACT = BigInteger.ONE.shiftLeft(53);

    private final String process;
    private Map<String, Integer> clock = new TreeMap<>();
    private final OutputStream file;

    /** Starts a file; the header's members (spec, constants, ...) go into its first line. */
    public TlaTrace(String path, String process, Map<String, ?> header) throws IOException {
        this.process = process;
        clock.put(process, 0);
        file = new FileOutputStream(path);
        Map<String, Object> first = new LinkedHashMap<>();
        first.put("format", "tla-conformance/trace");
        first.put("version", 1);
        first.put("process", process);
        write(first, header);
    }

    /** Writes one event. Values: integers, strings, Booleans, null, arrays, iterables, sets, maps with string keys. */
    public synchronized void emit(String event, Map<String, ?> fields) throws IOException {
        Map<String, Integer> next = stamp();
        next.merge(process, 1, Integer::sum);
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("event", event);
        record.put("process", process);
        record.put("clock", next);
        write(record, fields);
        clock = next;
    }

    /** The clock to send along with a message. */
    public synchronized Map<String, Integer> stamp() {
        return new TreeMap<>(clock);
    }

    /** Takes over the clock that came with a message; the next event is then after everything the sender knew. */
    public synchronized void receive(Map<String, Integer> stamp) {
        stamp.forEach((other, count) -> {
            if (!other.equals(process)) {
                clock.merge(other, count, Math::max);
            }
        });
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }

    private void write(Map<String, Object> record, Map<String, ?> more) throws IOException {
        more.forEach((name, value) -> {
            if (record.containsKey(name)) {
                throw new IllegalArgumentException(
                        "'" + name + "' is written by the tracer itself; call this field something else");
            }
            record.put(name, value);
        });
        StringBuilder line = new StringBuilder();
        append(line, record);
        file.write(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void append(StringBuilder out, Object value) {
        if (value == null || value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof CharSequence || value instanceof Character || value instanceof Enum) {
            quote(out, value.toString());
        } else if (value instanceof Byte || value instanceof Short || value instanceof Integer
                || value instanceof Long || value instanceof BigInteger) {
            BigInteger number = new BigInteger(value.toString());
            out.append(number.abs().compareTo(EXACT) <= 0 ? number : "{\"#bigint\":\"" + number + "\"}");
        } else if (value instanceof Map) {
            char before = '{';
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                out.append(before);
                quote(out, (String) entry.getKey());
                append(out.append(':'), entry.getValue());
                before = ',';
            }
            out.append(before == '{' ? "{}" : "}");
        } else if (value instanceof Set) {
            List<String> items = new ArrayList<>();
            for (Object item : (Set<?>) value) {
                StringBuilder text = new StringBuilder();
                append(text, item);
                items.add(text.toString());
            }
            Collections.sort(items);
            out.append("{\"#set\":[").append(String.join(",", items)).append("]}");
        } else if (value instanceof Iterable) {
            list(out, (Iterable<?>) value);
        } else if (value instanceof Object[]) {
            list(out, Arrays.asList((Object[]) value));
        } else {
            throw new IllegalArgumentException("a trace has no word for " + value + ", a " + value.getClass().getName());
        }
    }

    private static void list(StringBuilder out, Iterable<?> items) {
        char before = '[';
        for (Object item : items) {
            append(out.append(before), item);
            before = ',';
        }
        out.append(before == '[' ? "[]" : "]");
    }

    private static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c == 0x7f || Character.isSurrogate(c)) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
