package main

import pb "go.etcd.io/raft/v3/raftpb"

// threads stand for the two that the library's asynchronous mode (AsyncStorageWrites) asks a host for: one writes, one
// applies, each in order. What a Ready asks them for waits here; a crash forgets it.
type threads struct {
	appends []write
	applies []pb.Message
	readies int // that were taken
	written int // of these
}

type write struct {
	message pb.Message
	ready   int
}

func (t *threads) areIdle() bool { return len(t.appends) == 0 && len(t.applies) == 0 }

// workAsync lets one of the threads take a step, or takes a Ready. What it holds for other servers leaves at once: the
// library has put what must wait for the disk among the responses to the write.
func (h *host) workAsync() {
	t := &h.threads
	steps := []func(){}
	if h.node.HasReady() {
		steps = append(steps, h.takeAsync)
	}
	if len(t.appends) > 0 {
		steps = append(steps, h.writeAsync)
	}
	if len(t.applies) > 0 {
		steps = append(steps, h.applyAsync)
	}
	steps[h.rng.Intn(len(steps))]()
}

func (h *host) takeAsync() {
	t := &h.threads
	t.readies++
	for _, message := range h.node.Ready().Messages {
		switch message.Type {
		case pb.MsgStorageAppend:
			t.appends = append(t.appends, write{message: message, ready: t.readies})
		case pb.MsgStorageApply:
			t.applies = append(t.applies, message)
		default:
			h.network.send(message)
		}
	}
}

func (h *host) writeAsync() {
	t := &h.threads
	next := t.appends[0]
	t.appends = t.appends[1:]
	var snapshot pb.Snapshot
	if next.message.Snapshot != nil {
		snapshot = *next.message.Snapshot
	}
	hard := pb.HardState{Term: next.message.Term, Vote: next.message.Vote, Commit: next.message.Commit}
	h.persist(snapshot, next.message.Entries, hard, next.ready-t.written)
	t.written = next.ready
	h.respond(next.message.Responses)
}

func (h *host) applyAsync() {
	t := &h.threads
	next := t.applies[0]
	t.applies = t.applies[1:]
	h.apply(next.Entries)
	h.respond(next.Responses)
}

func (h *host) respond(messages []pb.Message) {
	for _, message := range messages {
		if message.To == h.id {
			h.receive(message)
		} else {
			h.network.send(message)
		}
	}
}
