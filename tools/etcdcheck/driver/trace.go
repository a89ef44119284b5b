package main

import (
	"bufio"
	"encoding/json"
	"io"

	"go.etcd.io/raft/v3"
)

// recorder writes the trace of a run: the events of etcd's raft as its TraceLogger gets them, and between them those
// of the host, in the same shape. The library cannot know when a disk has what it was given, what an entry says, or
// which entries were applied; the host does.
type recorder struct {
	out    *bufio.Writer
	events int
	// What is being proposed, while a proposal is stepped: the library's Replicate event says only that there is one.
	proposed string
}

type line struct {
	Tag   string `json:"tag"`
	Event any    `json:"event"`
}

// hostEvent is what the host did: Start, Persist, Apply or Compact.
type hostEvent struct {
	Name string `json:"name"`
	Node string `json:"nid"`
	// Start: after which entry it applies again. Apply: the entry. Compact: the last entry that was dropped.
	Index uint64 `json:"index"`
	Term  uint64 `json:"term,omitempty"`
	Value string `json:"value"`
	// Start: the last entry that is not in the log any more.
	Compacted uint64 `json:"compacted"`
	// Apply: what kind of entry it is, "EntryNormal" or "EntryConfChange".
	Kind string `json:"kind,omitempty"`
	// Persist: how many batches the disk has finished, and what it holds now.
	Batches int                `json:"batches,omitempty"`
	State   *raft.TracingState `json:"state,omitempty"`
	LogSize *uint64            `json:"log,omitempty"`
	LogTerm *uint64            `json:"logTerm,omitempty"`
}

func newRecorder(out io.Writer) *recorder {
	return &recorder{out: bufio.NewWriter(out)}
}

func (r *recorder) header(fields map[string]any) {
	fields["tag"] = "config"
	r.write(fields)
}

// TraceEvent is called by the library, in the middle of its steps.
func (r *recorder) TraceEvent(event *raft.TracingEvent) {
	if event.Name == "Replicate" {
		event.Properties = map[string]any{"value": r.proposed}
	}
	r.event(event)
}

func (r *recorder) event(event any) {
	r.events++
	r.write(line{Tag: "trace", Event: event})
}

func (r *recorder) write(object any) {
	text, err := json.Marshal(object)
	if err != nil {
		panic(err)
	}
	if _, err := r.out.Write(append(text, '\n')); err != nil {
		panic(err)
	}
}
