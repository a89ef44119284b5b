package main

import (
	"math/rand"
	"strconv"

	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
)

// disk is what a crash leaves: the log and the hard state, and what the application has made of the entries up to
// applied.
type disk struct {
	*raft.MemoryStorage
	applied uint64
	conf    pb.ConfState
}

// InitialState gives the configuration of the application. (MemoryStorage knows only that of a snapshot.)
func (d *disk) InitialState() (pb.HardState, pb.ConfState, error) {
	hard, _, err := d.MemoryStorage.InitialState()
	return hard, d.conf, err
}

// host runs one node as the library's documentation asks for: take a Ready, make it durable, then send its messages,
// apply its entries, and advance. Each of these is a step of its own, so that messages arrive, and crashes happen,
// between any two.
type host struct {
	id       uint64
	options  options
	rng      *rand.Rand
	trace    *recorder
	network  *network
	disk     *disk
	node     *raft.RawNode // nil while it is down
	elapsed  int
	patience int
	applied  uint64
	conf     pb.ConfState // as of applied
	ready    *raft.Ready  // being worked on
	phase    phase
	threads  threads
}

type phase int

const (
	idle phase = iota
	taken
	persisted
	sent
)

const (
	// Between one and two of these without a leader's word, a node campaigns.
	electionTicks  = 5
	heartbeatTicks = 1
	// Small, so that the window of a follower fills up.
	inFlightPerFollower = 3
	// Three entries or so are handed out at a time. (Where this is left out it is MaxSizePerMsg, which may not be 0 then.)
	bytesPerApply = 40
)

func newHost(id uint64, conf pb.ConfState, run *run) *host {
	return &host{
		id: id, options: run.options, rng: run.rng, trace: run.trace, network: run.network,
		disk: &disk{MemoryStorage: raft.NewMemoryStorage(), conf: conf},
	}
}

func (h *host) name() string { return strconv.FormatUint(h.id, 10) }

func (h *host) start() {
	h.applied, h.conf = h.disk.applied, h.disk.conf
	first, _ := h.disk.FirstIndex()
	h.trace.event(hostEvent{Name: "Start", Node: h.name(), Index: h.applied, Compacted: first - 1})
	node, err := raft.NewRawNode(&raft.Config{
		ID: h.id, ElectionTick: electionTicks, HeartbeatTick: heartbeatTicks,
		Storage: h.disk, Applied: h.applied, AsyncStorageWrites: h.options.asyncWrites,
		MaxSizePerMsg: h.options.bytesPerMessage, MaxCommittedSizePerReady: bytesPerApply, MaxInflightMsgs: inFlightPerFollower,
		CheckQuorum: h.options.checkQuorum, PreVote: h.options.preVote,
		Logger: quiet{}, TraceLogger: h.trace,
	})
	if err != nil {
		panic(err)
	}
	h.node = node
	h.resetTimer()
}

func (h *host) crash() {
	h.node, h.ready, h.phase, h.threads = nil, nil, idle, threads{}
}

func (h *host) leads() bool {
	return h.node != nil && h.node.BasicStatus().RaftState == raft.StateLeader
}

// tick makes time pass. The library draws its election timeouts where no seed reaches; so the host has timers of its
// own, and the library's are told that time passes without being asked what follows.
func (h *host) tick() {
	if h.leads() {
		h.node.Tick()
		return
	}
	h.node.TickQuiesced()
	if h.elapsed++; h.elapsed >= h.patience {
		h.resetTimer()
		h.campaign()
	}
}

func (h *host) campaign() { _ = h.node.Campaign() }

func (h *host) resetTimer() {
	h.elapsed, h.patience = 0, electionTicks+h.rng.Intn(electionTicks)
}

func (h *host) receive(message pb.Message) {
	switch message.Type {
	case pb.MsgApp, pb.MsgHeartbeat, pb.MsgSnap:
		if message.Term >= h.node.BasicStatus().Term {
			h.resetTimer()
		}
	}
	h.trace.proposed = ""
	if message.Type == pb.MsgProp {
		h.trace.proposed = string(message.Entries[0].Data)
		if message.Entries[0].Type != pb.EntryNormal {
			h.trace.proposed = ""
		}
	}
	_ = h.node.Step(message)
	h.trace.proposed = ""
}

func (h *host) propose(value string) {
	h.trace.proposed = value
	_ = h.node.Propose([]byte(value))
	h.trace.proposed = ""
}

func (h *host) change(change pb.ConfChangeI) { _ = h.node.ProposeConfChange(change) }

// isApplying says whether entries were handed out that are not applied yet.
func (h *host) isApplying() bool { return h.ready != nil || len(h.threads.applies) > 0 }

func (h *host) hasWork() bool {
	return h.node != nil && (h.phase != idle || !h.threads.areIdle() || h.node.HasReady())
}

// work takes the next step with what the library has made ready.
func (h *host) work() {
	if h.options.asyncWrites {
		h.workAsync()
		return
	}
	switch h.phase {
	case idle:
		ready := h.node.Ready()
		h.ready, h.phase = &ready, taken
	case taken:
		h.persist(h.ready.Snapshot, h.ready.Entries, h.ready.HardState, 1)
		h.phase = persisted
	case persisted:
		for _, message := range h.ready.Messages {
			h.network.send(message)
		}
		h.phase = sent
	case sent:
		h.apply(h.ready.CommittedEntries)
		ready := *h.ready
		h.ready, h.phase = nil, idle
		h.node.Advance(ready)
	}
}

// persist makes durable what the first of the batches that are under way hold, that many at once.
func (h *host) persist(snapshot pb.Snapshot, entries []pb.Entry, hard pb.HardState, batches int) {
	if !raft.IsEmptySnap(snapshot) {
		if err := h.disk.ApplySnapshot(snapshot); err != nil {
			panic(err)
		}
		h.applied, h.conf = snapshot.Metadata.Index, snapshot.Metadata.ConfState
		h.disk.applied, h.disk.conf = h.applied, h.conf
	}
	if err := h.disk.Append(entries); err != nil {
		panic(err)
	}
	if !raft.IsEmptyHardState(hard) {
		if err := h.disk.SetHardState(hard); err != nil {
			panic(err)
		}
	}
	hard, _, _ = h.disk.InitialState()
	last, _ := h.disk.LastIndex()
	term, _ := h.disk.Term(last)
	h.trace.event(hostEvent{
		Name: "Persist", Node: h.name(), Batches: batches, LogSize: &last, LogTerm: &term,
		State: &raft.TracingState{Term: hard.Term, Vote: strconv.FormatUint(hard.Vote, 10), Commit: hard.Commit},
	})
}

func (h *host) apply(entries []pb.Entry) {
	for _, entry := range entries {
		event := hostEvent{Name: "Apply", Node: h.name(), Index: entry.Index, Term: entry.Term, Kind: "EntryConfChange"}
		switch entry.Type {
		case pb.EntryNormal:
			event.Kind, event.Value = "EntryNormal", string(entry.Data)
			h.trace.event(event)
		case pb.EntryConfChange:
			var change pb.ConfChange
			if err := change.Unmarshal(entry.Data); err != nil {
				panic(err)
			}
			h.trace.event(event)
			h.conf = *h.node.ApplyConfChange(change)
		case pb.EntryConfChangeV2:
			var change pb.ConfChangeV2
			if err := change.Unmarshal(entry.Data); err != nil {
				panic(err)
			}
			h.trace.event(event)
			h.conf = *h.node.ApplyConfChange(change)
		}
		h.applied = entry.Index
		if h.options.durableApplication {
			h.disk.applied, h.disk.conf = h.applied, h.conf
		}
	}
}

// compact makes a snapshot of what was applied and drops the entries in it. The disk must know that they are committed,
// and no newer snapshot from the leader may be on its way to it.
func (h *host) compact() {
	hard, _, _ := h.disk.InitialState()
	first, _ := h.disk.FirstIndex()
	if h.applied < first || h.applied > hard.Commit || h.hasWork() {
		return
	}
	if _, err := h.disk.CreateSnapshot(h.applied, &h.conf, nil); err != nil {
		panic(err)
	}
	if err := h.disk.Compact(h.applied); err != nil {
		panic(err)
	}
	h.disk.applied, h.disk.conf = h.applied, h.conf
	h.trace.event(hostEvent{Name: "Compact", Node: h.name(), Index: h.applied})
}

// reportSnapshot tells the library what became of a snapshot that it sent.
func (h *host) reportSnapshot(to uint64, arrived bool) {
	if h.node == nil {
		return
	}
	status := raft.SnapshotFinish
	if !arrived {
		status = raft.SnapshotFailure
	}
	h.node.ReportSnapshot(to, status)
}
