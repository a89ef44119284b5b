// Command etcdcheck drives etcd's raft through seeded faults and writes the traces, one a seed.
//
// A run is one cluster in one goroutine. Everything that happens is drawn from the seed, so that a seed and the
// options always give the same trace. It needs the build tag with_tla: without it the library records nothing.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"go.etcd.io/raft/v3"
)

func main() {
	var options options
	first := flag.Int64("first", 1, "the first seed")
	count := flag.Int64("count", 1, "how many seeds")
	jobs := flag.Int("jobs", 8, "runs at a time (the library sleeps for a millisecond with each message that it receives)")
	folder := flag.String("out", ".", "where the traces go: SEED.ndjson")
	flag.IntVar(&options.events, "events", 400, "events in a trace")
	flag.IntVar(&options.servers, "servers", 3, "servers in the first configuration")
	flag.IntVar(&options.spares, "spares", 0, "servers outside of it")
	flag.BoolVar(&options.checkQuorum, "check-quorum", false, "leaders step down, and votes are refused, as CheckQuorum has it")
	flag.BoolVar(&options.preVote, "pre-vote", false, "PreVote")
	flag.BoolVar(&options.changes, "changes", false, "change the configuration now and then")
	flag.BoolVar(&options.transfers, "transfers", false, "transfer leadership now and then")
	flag.BoolVar(&options.snapshots, "snapshots", false, "compact the logs now and then")
	flag.BoolVar(&options.asyncWrites, "async-writes", false, "write and apply in threads of their own (not with -durable-application)")
	flag.BoolVar(&options.durableApplication, "durable-application", false, "what was applied survives a crash, and is not applied again")
	flag.Parse()
	if options.asyncWrites && options.durableApplication {
		fail("with -async-writes an entry may be applied before the disk knows that it is committed: not with -durable-application")
	}
	if !raft.StateTraceDeployed {
		fail("built without the tag with_tla: there would be no events")
	}
	var failures atomic.Int64
	var group sync.WaitGroup
	slots := make(chan struct{}, *jobs)
	for seed := *first; seed < *first+*count; seed++ {
		slots <- struct{}{}
		group.Add(1)
		go func() {
			defer func() { <-slots; group.Done() }()
			file, err := os.Create(filepath.Join(*folder, fmt.Sprintf("%d.ndjson", seed)))
			if err == nil {
				_, err = execute(seed, options, file)
				if closed := file.Close(); err == nil {
					err = closed
				}
			}
			if err != nil {
				fmt.Fprintln(os.Stderr, "etcdcheck:", err)
				failures.Add(1)
			}
		}()
	}
	group.Wait()
	if failures.Load() > 0 {
		os.Exit(1)
	}
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, "etcdcheck:", message)
	os.Exit(2)
}

// quiet is a logger that says nothing, but still panics where the library finds itself in an impossible state.
type quiet struct{}

func (quiet) Debug(...any)              {}
func (quiet) Debugf(string, ...any)     {}
func (quiet) Error(...any)              {}
func (quiet) Errorf(string, ...any)     {}
func (quiet) Info(...any)               {}
func (quiet) Infof(string, ...any)      {}
func (quiet) Warning(...any)            {}
func (quiet) Warningf(string, ...any)   {}
func (quiet) Fatal(v ...any)            { panic(fmt.Sprint(v...)) }
func (quiet) Fatalf(f string, v ...any) { panic(fmt.Sprintf(f, v...)) }
func (quiet) Panic(v ...any)            { panic(fmt.Sprint(v...)) }
func (quiet) Panicf(f string, v ...any) { panic(fmt.Sprintf(f, v...)) }
