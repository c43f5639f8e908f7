package topics

import "context"

// Transport carries packets between the hubs of several processes. Packages topics/postgres and
// topics/nats have some. Its methods are called concurrently.
type Transport interface {
	// Send gives a packet to the other processes; it may also come back to this one. Packets of one
	// goroutine arrive in the order of the calls, if they arrive. An error means that it is unknown
	// whether the packet arrives. The packet must not be kept.
	Send(ctx context.Context, packet []byte) error
	// Receive calls receive for each packet, one at a time, until ctx ends, and returns its cause.
	// It connects again by itself. It calls connected whenever it begins to receive, so also after
	// packets may have been lost. receive must not keep the packet. An error that no new connection
	// mends ends it.
	Receive(ctx context.Context, connected func(), receive func(packet []byte)) error
	// Largest returns how many bytes a packet may have.
	Largest() int
}
