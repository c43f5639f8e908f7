// Package bench compares whole requests through Mastaba with the same requests
// through other people's frameworks: gin, echo, chi, net/http's ServeMux and raw
// httprouter. It is a module of its own, so that nobody who uses Mastaba
// downloads them:
//
//	cd internal/bench
//	go test ./...                        # every framework gives the same answers
//	go test -run='^$' -bench=. ./...     # how long they take
//
// Each framework gets the same endpoints and handlers of the same sense, in
// the way that its documentation recommends, without middleware but where a
// benchmark is about that. The writer is reused, and there is a live heap of
// 64 MB, so that the collector works as in a program with data of its own.
package bench
