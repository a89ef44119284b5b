/**
 * Writes traces that tla-conformance reads. Copy this file into your program; it needs Node.js 18 and nothing else.
 *
 * One tracer a process, one file a tracer. Every line is one event with the process's vector clock, so that the logs of
 * several processes can be put together without synchronised clocks:
 *
 *     const tracer = new Tracer("logs/a.ndjson", "a", { spec: "Queue" });
 *     tracer.emit("Send", { to: "b", item: 3 });
 *     sendToB({ item: 3, clock: tracer.stamp() });   // the stamp travels with the message
 *
 *     tracer.receive(message.clock);                 // at the receiver, before it writes its own event
 *     tracer.emit("Receive", { sender: "a", item: message.item });
 *
 * Write an event when its step is done and before anything that depends on it leaves the process. A line is handed to
 * the operating system whole; what a crash cuts off is at most the last one. Emit in the same turn of the event loop as
 * the step (no `await` between them), or another step's event may come first.
 */

import { closeSync, openSync, writeSync } from "node:fs";

/** The events of each process that are known to have happened. */
export type Clock = Record<string, number>;

/** What an event may say. Fractions have no place in a trace. */
export type Value = null | boolean | string | number | bigint | Value[] | Set<Value> | { [name: string]: Value };

/** Appends events to a file. */
export class Tracer {
  private readonly process: string;
  private readonly clock: Map<string, number>;
  private readonly file: number;

  /** Starts a file; the header's members (`spec`, `constants`, ...) go into its first line. */
  constructor(path: string, process: string, header: { [name: string]: Value } = {}) {
    this.process = process;
    this.clock = new Map([[process, 0]]);
    this.file = openSync(path, "w");
    this.write({ format: "tla-conformance/trace", version: 1, process }, header);
  }

  /** Writes one event. */
  emit(event: string, fields: { [name: string]: Value } = {}): void {
    const own = (this.clock.get(this.process) ?? 0) + 1;
    this.write({ event, process: this.process, clock: { ...this.stamp(), [this.process]: own } }, fields);
    this.clock.set(this.process, own);
  }

  /** The clock to send along with a message. */
  stamp(): Clock {
    return Object.fromEntries(this.clock);
  }

  /** Takes over the clock that came with a message; the next event is then after everything the sender knew. */
  receive(stamp: Clock): void {
    for (const [process, count] of Object.entries(stamp)) {
      if (process !== this.process) {
        this.clock.set(process, Math.max(this.clock.get(process) ?? 0, count));
      }
    }
  }

  close(): void {
    closeSync(this.file);
  }

  private write(own: { [name: string]: Value }, more: { [name: string]: Value }): void {
    for (const name of Object.keys(more)) {
      if (name in own) {
        throw new TypeError(`'${name}' is written by the tracer itself; call this field something else`);
      }
    }
    const line = new TextEncoder().encode(JSON.stringify(plain({ ...own, ...more })) + "\n");
    for (let written = 0; written < line.length; ) {
      written += writeSync(this.file, line, written);
    }
  }
}

/** JSON, with a tag where JSON has no word: `{"#set": [...]}`, and `{"#bigint": "..."}` beyond 2^53. */
function plain(value: Value): unknown {
  if (typeof value === "bigint") {
    return value >= -(2n ** 53n) && value <= 2n ** 53n ? Number(value) : { "#bigint": value.toString() };
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new TypeError(`a trace has no word for ${value}: numbers are integers, beyond 2^53 as bigint`);
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (value instanceof Set) {
    return { "#set": [...value].map(plain) };
  }
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
  }
  return value;
}
