package main

import (
	"math/rand"

	pb "go.etcd.io/raft/v3/raftpb"
)

// network loses, duplicates, delays and reorders messages, and cuts links in one direction: all by the run's seed.
type network struct {
	rng      *rand.Rand
	inFlight []pb.Message
	cut      map[link]bool
	faulty   bool
	// Told of every message that never arrives.
	lost func(pb.Message)
}

type link struct{ from, to uint64 }

const (
	// Of a hundred messages on a faulty network.
	lostPercent       = 6
	duplicatedPercent = 4
	// Only so many of the oldest messages compete to be next: without a bound, some would be late by a whole run.
	window = 12
	// More than this in flight and the oldest is lost: a node that is down must not make a run grow without end.
	inFlightMax = 200
)

func newNetwork(rng *rand.Rand) *network {
	return &network{rng: rng, cut: map[link]bool{}}
}

func (n *network) send(message pb.Message) {
	copies := 1
	if n.faulty {
		switch roll := n.rng.Intn(100); {
		case roll < lostPercent:
			copies = 0
		case roll < lostPercent+duplicatedPercent:
			copies = 2
		}
	}
	if copies == 0 {
		n.lost(message)
	}
	for ; copies > 0; copies-- {
		n.inFlight = append(n.inFlight, message)
	}
	if len(n.inFlight) > inFlightMax {
		oldest := n.inFlight[0]
		n.inFlight = n.inFlight[1:]
		n.lost(oldest)
	}
}

// next takes the message that arrives next. A message on a link that is cut is lost when its turn comes.
func (n *network) next() (message pb.Message, arrives bool) {
	if len(n.inFlight) == 0 {
		return
	}
	place := 0
	if n.faulty {
		place = n.rng.Intn(min(window, len(n.inFlight)))
	}
	message = n.inFlight[place]
	n.inFlight = append(n.inFlight[:place:place], n.inFlight[place+1:]...)
	if n.cut[link{message.From, message.To}] {
		n.lost(message)
		return
	}
	return message, true
}

func (n *network) heal() {
	clear(n.cut)
}
