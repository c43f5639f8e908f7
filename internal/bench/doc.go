// Package bench compares whole requests through Mastaba with the same requests through other
// frameworks: gin, echo, chi, net/http's ServeMux and httprouter; decisions of traversal/acl with
// those of casbin; sessions with those of gorilla/sessions and scs; static files with
// http.FileServerFS; websockets with coder/websocket on net/http; and a page of examples/wiki with a
// record of PocketBase. It is a module of its own, so users of Mastaba do not download them:
//
//	cd internal/bench
//	go test ./...                                        # all frameworks send the same responses
//	go test -run='^$' -bench=Frameworks -benchtime=10x   # ratios to gin and ServeMux in ten rounds
//	go test -run='^$' -bench=Each                        # one contender at a time, with its allocations
//	go test -run='^$' -bench=Decisions -benchtime=7x     # access lists, and the ratio to casbin
//	go test -run='^$' -bench=Filter                      # 1,000 children, by access lists
//	go test -run='^$' -bench=Sessions -benchtime=7x      # a session read or written, and ratios
//	go test -run='^$' -bench='Static$' -benchtime=7x     # how many times as many files in the same time
//	go test -run='^$' -bench=StaticConn -benchtime=7x    # the same over a connection
//	go test -run='^$' -bench=FormRatios -benchtime=50x   # forms into structs, and ratios to two decoders
//	go test -run='^$' -bench=Socket -benchtime=5s        # websockets, and ratios to bare coder/websocket
//	go test -run='^$' -bench='Wiki$' -benchtime=10x       # a page of the wiki, and ratios to a record of PocketBase
//	../../.ci/instructions                               # instructions per request, counted by callgrind
//
// Each framework gets the same endpoints and equivalent handlers, as its documentation recommends.
// There is no middleware except in benchmarks of it. The response writer is reused, and a live heap
// of 64 MB makes the garbage collector work as in a program with its own data.
package bench
