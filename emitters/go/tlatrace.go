// Package tlatrace writes traces that tla-conformance reads. Copy this file into your program; it needs Go 1.18 and the
// standard library.
//
// One tracer a process, one file a tracer. Every line is one event with the process's vector clock, so that the logs of
// several processes can be put together without synchronised clocks:
//
//	tracer, err := tlatrace.New("logs/a.ndjson", "a", tlatrace.Fields{"spec": "Queue"})
//	err = tracer.Emit("Send", tlatrace.Fields{"to": "b", "item": 3})
//	sendToB(Message{Item: 3, Clock: tracer.Stamp()}) // the stamp travels with the message
//
//	tracer.Receive(message.Clock) // at the receiver, before it writes its own event
//	err = tracer.Emit("Receive", tlatrace.Fields{"sender": "a", "item": message.Item})
//
// Write an event when its step is done and before anything that depends on it leaves the process. A line is handed to
// the operating system whole; what a crash cuts off is at most the last one. Tracers may be shared by goroutines, but
// the step and its event must then be made under one lock of yours, or another goroutine's event may come between them.
package tlatrace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"sync"
)

// Fields are the members of an event or of the header. Values are what encoding/json writes, but fractions are refused;
// integers beyond 2^53 should be wrapped with Big.
type Fields map[string]any

// Clock counts the events of each process.
type Clock map[string]int

// Tracer appends events to a file.
type Tracer struct {
	mutex   sync.Mutex
	file    *os.File
	process string
	clock   Clock
}

// New starts a file; the header's members (spec, constants, ...) go into its first line.
func New(path, process string, header Fields) (*Tracer, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	tracer := &Tracer{file: file, process: process, clock: Clock{process: 0}}
	first := Fields{"format": "tla-conformance/trace", "version": 1, "process": process}
	if err := tracer.write(header, first); err != nil {
		file.Close()
		return nil, err
	}
	return tracer, nil
}

// Emit writes one event.
func (t *Tracer) Emit(event string, fields Fields) error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	clock := t.clock.copy()
	clock[t.process]++
	if err := t.write(fields, Fields{"event": event, "process": t.process, "clock": clock}); err != nil {
		return err
	}
	t.clock = clock
	return nil
}

// Stamp is the clock to send along with a message.
func (t *Tracer) Stamp() Clock {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.clock.copy()
}

// Receive takes over the clock that came with a message; the next event is then after everything the sender knew.
func (t *Tracer) Receive(stamp Clock) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for process, count := range stamp {
		if process != t.process && count > t.clock[process] {
			t.clock[process] = count
		}
	}
}

// Close closes the file.
func (t *Tracer) Close() error {
	return t.file.Close()
}

// Set is a set of values: Set("a", "b").
func Set(items ...any) Fields {
	if items == nil {
		items = []any{}
	}
	return Fields{"#set": items}
}

// Big is an integer beyond 2^53.
func Big(value fmt.Stringer) Fields {
	return Fields{"#bigint": value.String()}
}

func (c Clock) copy() Clock {
	made := make(Clock, len(c))
	for process, count := range c {
		made[process] = count
	}
	return made
}

func (t *Tracer) write(fields, own Fields) error {
	record := Fields{}
	for key, value := range fields {
		if _, taken := own[key]; taken {
			return fmt.Errorf("%q is written by the tracer itself; call this field something else", key)
		}
		record[key] = value
	}
	for key, value := range own {
		record[key] = value
	}
	var line bytes.Buffer
	encoder := json.NewEncoder(&line) // ends the line by itself
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(record); err != nil {
		return err
	}
	_, err := t.file.Write(line.Bytes())
	return err
}
