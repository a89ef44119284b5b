// Two processes that send each other an item, traced: the same program in every language of the emitters.
package main

import (
	"fmt"
	"math/big"
	"os"
	"sync"

	"drive/tlatrace"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	folder := os.Args[1]
	header := tlatrace.Fields{"spec": "Channel", "constants": tlatrace.Fields{"Process": tlatrace.Set("a", "b")}}
	a, err := tlatrace.New(folder+"/a.ndjson", "a", header)
	must(err)
	b, err := tlatrace.New(folder+"/b.ndjson", "b", header)
	must(err)
	must(a.Emit("Send", tlatrace.Fields{
		"to":     "b",
		"item":   1,
		"text":   "π \"quoted\" \\ \n 𝄞",
		"list":   []any{true, false, nil},
		"big":    tlatrace.Big(new(big.Int).Lsh(big.NewInt(1), 60)),
		"nested": tlatrace.Fields{"x": []int{1, -2}, "s": tlatrace.Set("p")},
	}))
	stamp := a.Stamp()
	b.Receive(stamp)
	must(b.Emit("Receive", tlatrace.Fields{"item": 1}))
	must(b.Emit("Send", tlatrace.Fields{"to": "a", "item": 2}))
	stamp = b.Stamp()
	must(a.Emit("Think", nil))
	a.Receive(stamp)
	must(a.Emit("Receive", tlatrace.Fields{"item": 2}))
	if a.Emit("Wrong", tlatrace.Fields{"clock": 7}) != nil {
		fmt.Println("refused")
	}
	var threads sync.WaitGroup
	for thread := 0; thread < 4; thread++ {
		threads.Add(1)
		go func() {
			defer threads.Done()
			for i := 0; i < 50; i++ {
				must(a.Emit("Think", nil))
			}
		}()
	}
	threads.Wait()
	must(a.Close())
	must(b.Close())
}
