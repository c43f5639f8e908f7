// Package topics sends messages to those who follow a resource: the members of a chat room, the
// readers of a page, the windows that show a list. It knows neither HTTP nor trees; a topic is
// named by a text, such as the path of a resource (traversal.Node.Path).
//
//	hub := topics.New(topics.Options{})
//	defer hub.Close()
//
//	sub, err := hub.Subscribe("/rooms/lobby", "") // from now on
//	if err != nil {
//		return err
//	}
//	defer sub.Close()
//	if _, err := hub.Publish(ctx, "/rooms/lobby", "said", []byte(`"hello"`)); err != nil {
//		return err
//	}
//	m, err := sub.Next(ctx) // m.Name is "said"
//
// Most programs need four names: a [Hub] has the topics, [Hub.Publish] sends, [Hub.Subscribe]
// returns a [Subscription], and its Next waits for a [Message]. Views that send them to browsers
// are in package views/sse.
//
// # Coming back
//
// A topic keeps its last messages, so a client that lost its connection misses none: it subscribes
// after the ID of the last message that it has. The ID is a position. It says how many messages of
// each process the client has seen, so it is valid in every process that shares the topic (see
// Transport), whatever the order in which messages of different processes arrived there. Messages
// of one process always arrive in the order in which they were published.
//
// If some messages cannot be had any more, because the topic does not keep them, or a process
// forgot it, the subscription gets a message of the kind [Gap]. The client then loads the state
// anew. What follows is newer than the Gap.
//
// # Bounds
//
// A subscriber has no queue of its own. Subscribers read the messages that the topic keeps, at most
// [Options].Keep of them and KeepBytes bytes, and one that falls further behind gets a Gap: it
// never holds up publishers or other subscribers, and costs no memory. A hub forgets topics that
// nobody has used for Options.Idle, and the least recently used ones if there are more than
// Options.Topics.
//
// # Several processes
//
// [Options].Transport connects the hubs of several processes, and [Hub.Run] receives from it. A
// message that is lost on the way is noticed with the next one of the same process, or within ten
// seconds, and becomes a Gap. Only the loss of the very first messages of a process to a topic goes
// unnoticed, if the transport loses them without losing its connection.
//
// # Presence
//
// [Hub.Join] records that someone is present, and [Hub.Present] returns who is, in all processes. A
// subscription gets a message of the kind [Presence] when that changes.
package topics
