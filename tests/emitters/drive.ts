/** Two processes that send each other an item, traced: the same program in every language of the emitters. */

import { Tracer } from "./tlaTrace";

const folder = process.argv[2];
const header = { spec: "Channel", constants: { Process: new Set(["a", "b"]) } };
const a = new Tracer(`${folder}/a.ndjson`, "a", header);
const b = new Tracer(`${folder}/b.ndjson`, "b", header);
a.emit("Send", {
  to: "b",
  item: 1,
  text: 'π "quoted" \\ \n 𝄞',
  list: [true, false, null],
  big: 2n ** 60n,
  nested: { x: [1, -2], s: new Set(["p"]) },
});
let stamp = a.stamp();
b.receive(stamp);
b.emit("Receive", { item: 1 });
b.emit("Send", { to: "a", item: 2 });
stamp = b.stamp();
a.emit("Think");
a.receive(stamp);
a.emit("Receive", { item: 2 });
try {
  a.emit("Wrong", { clock: 7 });
} catch (refusal) {
  console.log("refused");
}
for (let i = 0; i < 200; i++) {
  a.emit("Think"); // there are no threads
}
a.close();
b.close();
