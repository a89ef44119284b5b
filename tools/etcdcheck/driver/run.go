package main

import (
	"fmt"
	"io"
	"math/rand"
	"strconv"

	pb "go.etcd.io/raft/v3/raftpb"
)

// options of a run. All else follows from the seed.
type options struct {
	events             int
	servers            int
	spares             int // servers that are there, but not in the first configuration
	checkQuorum        bool
	preVote            bool
	changes            bool // of the configuration
	transfers          bool // of leadership
	snapshots          bool
	asyncWrites        bool
	durableApplication bool
	bytesPerMessage    uint64 // of entries; 0 is one entry a message
}

// run is one cluster in one goroutine: what happens next is drawn from the seed.
type run struct {
	options options
	rng     *rand.Rand
	trace   *recorder
	network *network
	hosts   []*host
	values  int
	busy    int // how often something is proposed
	brisk   int // how often a server goes on with what it has to write, to send and to apply
	// Faulty and calm spells take turns: under faults alone little would be committed.
	spell int
}

const (
	faultySteps = 200
	calmSteps   = 250
	// In a hundred steps of a faulty spell.
	crashPercent  = 1
	cutPercent    = 2
	deafenPercent = 1 // a server hears nobody any more, and is heard
	healPercent   = 1
	// In a hundred steps of any spell.
	changePercent   = 4
	transferPercent = 1
	compactPercent  = 15
	// Fewer voters are not asked for: one alone would decide everything by itself.
	votersMin = 2
	// A step that is none of these: the share of each.
	tickShare    = 14
	deliverShare = 45
	// A run that can record nothing more (all are down, say) ends all the same.
	stepsMax = 200_000
)

func execute(seed int64, options options, out io.Writer) (events int, err error) {
	r := &run{options: options, rng: rand.New(rand.NewSource(seed)), trace: newRecorder(out)}
	r.options.bytesPerMessage = []uint64{0, 0, 60, 1 << 20}[r.rng.Intn(4)]
	r.busy = []int{6, 6, 25}[r.rng.Intn(3)]
	r.brisk = []int{70, 70, 25}[r.rng.Intn(3)]
	r.network = newNetwork(r.rng)
	r.network.lost = func(message pb.Message) { r.report(message, false) }
	r.spell = calmSteps
	defer func() {
		events = r.trace.events
		if failure := recover(); failure != nil {
			err = fmt.Errorf("seed %d: the library panicked: %v", seed, failure)
		}
		if flushed := r.trace.out.Flush(); err == nil {
			err = flushed
		}
	}()
	var first pb.ConfState
	names, voters := []string{}, []string{}
	for id := uint64(1); id <= uint64(options.servers+options.spares); id++ {
		names = append(names, strconv.FormatUint(id, 10))
		if id <= uint64(options.servers) {
			first.Voters = append(first.Voters, id)
			voters = append(voters, strconv.FormatUint(id, 10))
		}
	}
	r.trace.header(map[string]any{
		"seed": seed, "servers": names, "voters": voters, "preVote": options.preVote,
	})
	for id := range names {
		r.hosts = append(r.hosts, newHost(uint64(id+1), first, r))
	}
	for _, host := range r.hosts {
		host.start()
	}
	for step := 0; r.trace.events < options.events && step < stepsMax; step++ {
		r.step()
	}
	return
}

func (r *run) step() {
	r.turn()
	if r.network.faulty {
		switch roll := r.rng.Intn(100); {
		case roll < crashPercent:
			r.crashOrRestart()
			return
		case roll < crashPercent+cutPercent:
			from, to := r.any(), r.any()
			r.network.cut[link{from.id, to.id}] = true
			return
		case roll < crashPercent+cutPercent+deafenPercent:
			deaf := r.any()
			for _, other := range r.hosts {
				r.network.cut[link{other.id, deaf.id}] = true
			}
			return
		case roll < crashPercent+cutPercent+deafenPercent+healPercent:
			r.network.heal()
			return
		}
	}
	if r.options.changes && r.rng.Intn(100) < changePercent {
		r.change()
		return
	}
	if r.options.transfers && r.rng.Intn(100) < transferPercent {
		if host := r.any(); host.leads() {
			host.node.TransferLeader(r.any().id)
		}
		return
	}
	if r.options.snapshots && r.rng.Intn(100) < compactPercent {
		if host := r.any(); host.node != nil {
			host.compact()
		}
		return
	}
	switch roll := r.rng.Intn(tickShare + r.busy + deliverShare + r.brisk); {
	case roll < tickShare:
		if host := r.any(); host.node != nil {
			host.tick()
		}
	case roll < tickShare+r.busy:
		if host := r.any(); host.node != nil {
			r.values++
			host.propose("v" + strconv.Itoa(r.values))
		}
	case roll < tickShare+r.busy+deliverShare:
		if message, arrives := r.network.next(); arrives {
			r.deliver(message)
		}
	default:
		if host := r.any(); host.hasWork() {
			host.work()
		}
	}
}

// deliver gives a message to a server that is up. A snapshot is lost on one that is applying entries: the library takes
// over the configuration of the snapshot at once, and the host would then change it by entries that it was handed before.
func (r *run) deliver(message pb.Message) {
	host := r.hosts[message.To-1]
	if host.node == nil || message.Type == pb.MsgSnap && host.isApplying() {
		r.network.lost(message)
		return
	}
	host.receive(message)
	r.report(message, true)
}

func (r *run) report(message pb.Message, arrived bool) {
	if message.Type == pb.MsgSnap {
		r.hosts[message.From-1].reportSnapshot(message.To, arrived)
	}
}

// turn begins the next spell when this one is over. In a calm one all servers are up and all links work.
func (r *run) turn() {
	if r.spell--; r.spell >= 0 {
		return
	}
	r.network.faulty = !r.network.faulty
	r.spell = faultySteps
	if !r.network.faulty {
		r.spell = calmSteps
		r.network.heal()
		for _, host := range r.hosts {
			if host.node == nil {
				host.start()
			}
		}
	}
}

func (r *run) crashOrRestart() {
	host := r.any()
	if host.node == nil {
		host.start()
		return
	}
	host.crash()
}

func (r *run) any() *host { return r.hosts[r.rng.Intn(len(r.hosts))] }

// change asks a leader for another configuration: one server more or less, or any other voters.
func (r *run) change() {
	host := r.any()
	if !host.leads() {
		return
	}
	if r.rng.Intn(3) == 0 {
		r.exchange(host)
		return
	}
	target := r.any().id
	switch {
	case !contains(host.conf.Voters, target) && (contains(host.conf.Learners, target) || r.rng.Intn(2) == 0):
		host.change(pb.ConfChange{Type: pb.ConfChangeAddNode, NodeID: target})
	case !contains(host.conf.Voters, target):
		host.change(pb.ConfChange{Type: pb.ConfChangeAddLearnerNode, NodeID: target})
	case len(host.conf.Voters) > votersMin:
		host.change(pb.ConfChange{Type: pb.ConfChangeRemoveNode, NodeID: target})
	}
}

// exchange asks for several changes at once, which need a joint configuration.
func (r *run) exchange(host *host) {
	var changes []pb.ConfChangeSingle
	voters := 0
	for _, other := range r.hosts {
		wanted, there := r.rng.Intn(2) == 0, contains(host.conf.Voters, other.id)
		switch {
		case wanted && !there:
			changes = append(changes, pb.ConfChangeSingle{Type: pb.ConfChangeAddNode, NodeID: other.id})
		case !wanted && there:
			changes = append(changes, pb.ConfChangeSingle{Type: pb.ConfChangeRemoveNode, NodeID: other.id})
		}
		if wanted {
			voters++
		}
	}
	if len(changes) > 1 && voters >= votersMin {
		host.change(pb.ConfChangeV2{Changes: changes})
	}
}

func contains(ids []uint64, id uint64) bool {
	for _, other := range ids {
		if other == id {
			return true
		}
	}
	return false
}
